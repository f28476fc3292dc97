"""The errors of the package: each is also the error of Python that says the same.
SPDX-License-Identifier: Apache-2.0"""


class Error(Exception):
    """What the library, or this package, refuses or fails to do, in one sentence."""


class UsageError(Error, ValueError):
    """A flag or an argument is wrong."""


class DataError(Error, ValueError):
    """The data, or a file's contents, are wrong."""


class FileError(Error, OSError):
    """A file can't be read or written."""


class NoMemoryError(Error, MemoryError):
    """There is too little memory."""


class NumericError(Error, ArithmeticError):
    """A cost or a gradient is not finite."""


class NotFittedError(Error, ValueError, AttributeError):
    """A model was asked for results before `fit` or `load`."""


class LFADSWarning(UserWarning):
    """What the library warns of."""
