"""The ten lines with which anybody checks that a study was not changed after it had opened."""

SCRIPT = """\
# Usage: python verify.py document.json nonce.txt COMMITMENT
# The commitment was published when the study opened; document and nonce when it closed.
import hashlib
import sys

with open(sys.argv[1], "rb") as document, open(sys.argv[2], encoding="ascii") as nonce:
    found = hashlib.sha256(bytes.fromhex(nonce.read().strip()) + document.read()).hexdigest()
same = found == sys.argv[3].strip().lower()
print("verified" if same else f"NOT the document of this commitment: {found}")
sys.exit(0 if same else 1)
"""
