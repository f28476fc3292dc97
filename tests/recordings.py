"""Writes recordings in formats of others, for the tests of what reads them.
SPDX-License-Identifier: Apache-2.0"""
import struct
import zlib

import h5py
import numpy as np


class Sparse:
    """A matrix that MATLAB stores without its zeros."""
    def __init__(self, matrix):
        self.matrix = matrix


def letters(texts):
    """A matrix of letters, whose rows MATLAB fills up with blanks."""
    texts = list(texts)
    return np.array([list(text.ljust(max(map(len, texts)))) for text in texts])


def write_matlab(path, compress=False, **arrays):
    """A MATLAB file of version 5: doubles, complex ones too, sparse matrices, letters, cells of these (the
    format is MATLAB's MAT-file description, chapter 1)."""
    def element(kind, payload):
        return struct.pack("<II", kind, len(payload)) + payload + b"\0" * (-len(payload) % 8)

    def matrix(label, array):
        most = flags = 0
        if isinstance(array, Sparse):
            array = array.matrix
            columns, rows = np.nonzero(array.T)
            starts = np.searchsorted(columns, np.arange(array.shape[1] + 1))
            code, kind, most = 5, None, rows.size
            payload = (element(5, rows.astype("i4").tobytes()) + element(5, starts.astype("i4").tobytes()) +
                       element(9, array[rows, columns].astype("f8").tobytes()))
        elif isinstance(array, str):
            array, code, kind, payload = np.array([list(array)]), 4, 4, array.encode("utf-16le")
        elif array.dtype.kind == "U":
            code, kind, payload = 4, 4, "".join(array.ravel(order="F")).encode("utf-16le")
        elif array.dtype == object:
            code, kind, payload = 1, None, b"".join(matrix("", x) for x in array.ravel(order="F"))
        elif np.iscomplexobj(array):
            code, kind, flags = 6, None, 0x800
            payload = b"".join(element(9, np.asarray(part, "f8").tobytes(order="F")) for part in (array.real, array.imag))
        else:
            code, kind, payload = 6, 9, np.asarray(array, "f8").tobytes(order="F")
        dims = array.shape if array.ndim > 1 else (1, array.size)
        body = element(6, struct.pack("<II", code | flags, most)) + element(5, np.array(dims, "i4").tobytes())
        body += element(1, label.encode()) + (payload if kind is None else element(kind, payload))
        return struct.pack("<II", 14, len(body)) + body

    with open(path, "wb") as file:
        file.write(b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H2s", 0x100, b"IM"))
        for label, array in arrays.items():
            packed = matrix(label, array)
            if compress:
                packed = zlib.compress(packed)
                packed = struct.pack("<II", 15, len(packed)) + packed
            file.write(packed)


def write_matlab_hdf5(path, **arrays):
    """The same of version 7.3: HDF5 with the axes reversed, cells as references."""
    with h5py.File(path, "w", userblock_size=512) as file:
        def put(name, array):
            if isinstance(array, Sparse):
                columns, rows = np.nonzero(array.matrix.T)
                made = file.create_group(name)
                made.attrs["MATLAB_sparse"] = np.uint64(len(array.matrix))
                made["jc"] = np.searchsorted(columns, np.arange(array.matrix.shape[1] + 1)).astype("u8")
                if rows.size:
                    made["ir"], made["data"] = rows.astype("u8"), array.matrix[rows, columns]
            elif isinstance(array, str) or array.dtype.kind == "U":
                rows = np.array([list(array)]) if isinstance(array, str) else array
                made = file.create_dataset(name, data=np.vectorize(ord)(rows).astype("u2").T)
                made.attrs["MATLAB_class"] = np.bytes_("char")
                made.attrs["MATLAB_int_decode"] = np.int32(2)
            elif array.dtype == object:
                made = file.create_dataset(name, array.T.shape, h5py.ref_dtype)
                for at in np.ndindex(array.T.shape):
                    label = f"#refs#/{name}_{'_'.join(map(str, at))}"
                    made[at] = put(label, array.T[at]).ref
            elif array.size == 0:
                made = file.create_dataset(name, data=np.array([0, 0], "u8"))
                made.attrs["MATLAB_empty"] = np.uint8(1)
            else:
                made = file.create_dataset(name, data=np.atleast_2d(array).T)
            return made
        for label, array in arrays.items():
            put(label, array)
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + struct.pack("<H2s", 0x200, b"IM"))
