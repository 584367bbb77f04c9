"""The root of every error that Longtake raises on purpose."""


class LongtakeError(Exception):
    """Something a person can act on; its text is one clear sentence.

    Every subclass is also the built-in error that it resembles, as in
    ``class ReelError(LongtakeError, ValueError)``.
    """
