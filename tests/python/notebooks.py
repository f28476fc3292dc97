"""The notebooks of python/examples run from their first cell to the last, each in a folder of its own, with
packages from PyPI.

  notebooks.py EXAMPLES SCRATCH CFLAGS

SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import shutil
import subprocess
import sys
import venv

SKIPPED = 77
EXAMPLES, SCRATCH, CFLAGS = sys.argv[1:]
PACKAGES = ["elephant", "h5py", "ipykernel", "matplotlib", "nbclient", "nbformat", "optuna", "pynapple", "scikit-learn"]
RUN = """
import sys
import nbclient
import nbformat
book = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(book)
nbclient.NotebookClient(book, timeout=None, kernel_name="python3").execute()
for cell in book.cells:
    for output in cell.get("outputs", ()):
        print(output.get("text") or output.get("data", {}).get("text/plain", ""), end="")
"""


def main():
    if "-fsanitize" in CFLAGS:
        print("NOT RUN: a Python without the sanitizers' run time can't load the library of this build")
        return SKIPPED
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(SCRATCH)
    environment = os.path.join(SCRATCH, "venv")
    venv.create(environment, with_pip=True)
    python = os.path.join(environment, "bin", "python")
    if subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=False).returncode != 0:
        print("NOT RUN: PyPI can't be reached")
        return SKIPPED
    notebooks = sorted(glob.glob(os.path.join(EXAMPLES, "*.ipynb")))
    failed = 0
    for notebook in notebooks:
        name = os.path.splitext(os.path.basename(notebook))[0]
        folder = os.path.join(SCRATCH, name)
        os.makedirs(folder)
        settings = os.path.join(folder, "jupyter")  # the user's own kernels and settings are left alone
        done = subprocess.run([python, "-c", RUN, notebook], cwd=folder, check=False, capture_output=True, text=True,
                              env={**os.environ, "JUPYTER_CONFIG_DIR": settings, "IPYTHONDIR": settings,
                                   "JUPYTER_PATH": os.path.join(environment, "share", "jupyter")})
        print(f"{name}: {'ran' if done.returncode == 0 else 'FAILED'}\n{done.stdout}", flush=True)
        if done.returncode != 0:
            print(done.stderr[-3000:], flush=True)
            failed += 1
    return 1 if failed or not notebooks else 0


sys.exit(main())
