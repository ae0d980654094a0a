"""Refreshes static/vendor from the exact versions in package.json, and writes manifest.json with their hashes.

Needs npm, and a network only for a version that npm does not hold yet. The result is committed: neither users nor
tests need Node.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent.parent / "static" / "vendor"
# What is taken out of each package; the licence always comes along.
FILES = {
    "@wecom/jssdk": ("dist/wecom.prod.js", "LICENSE"),
    "@zumer/snapdom": ("dist/snapdom.js", "LICENSE"),
    "htmx.org": ("dist/htmx.min.js", "LICENSE"),
}


def main():
    versions = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    if versions.keys() != FILES.keys():
        return f"package.json and FILES name different packages: {sorted(versions.keys() ^ FILES.keys())}"
    with tempfile.TemporaryDirectory() as scratch:
        rows = [row for name in sorted(versions) for row in vendor(name, versions[name], Path(scratch))]
    drop_other_versions(rows)
    (VENDOR / "manifest.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(rows)} files in {VENDOR}")
    return 0


def vendor(name, version, scratch):
    """Copy the listed files of one package; answers their manifest rows."""
    package = unpacked(name, version, scratch)
    licence = json.loads((package / "package.json").read_text(encoding="utf-8"))["license"]
    folder = VENDOR / f"{name.replace('@', '').replace('/', '-')}-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for file in FILES[name]:
        target = folder / Path(file).name
        shutil.copyfile(text_of_licence(licence) if is_missing_licence(package, file) else package / file, target)
        place = target.relative_to(VENDOR).as_posix()
        digest = hashlib.sha256(target.read_bytes()).hexdigest()
        rows.append({"file": place, "package": name, "version": version, "licence": licence, "sha256": digest})
    return rows


def is_missing_licence(package, file):
    """Whether a package names its licence in package.json alone (@wecom/jssdk): then the text comes from here."""
    return file == "LICENSE" and not (package / file).exists()


def text_of_licence(licence):
    text = HERE / "licences" / f"{licence}.txt"
    if not text.is_file():
        sys.exit(f"A package names the licence {licence} and brings no text; put it at {text}.")
    return text


def unpacked(name, version, scratch):
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to refresh the vendored files.")
    command = [npm, "pack", f"{name}@{version}", "--json", "--ignore-scripts", "--pack-destination", str(scratch)]
    packed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    # npm 11 answers a list; later ones an object keyed by package.
    answer = packed[0] if isinstance(packed, list) else next(iter(packed.values()))
    folder = scratch / "unpacked" / name.replace("/", "-")
    with tarfile.open(scratch / answer["filename"]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def drop_other_versions(rows):
    wanted = {row["file"].split("/")[0] for row in rows}
    for folder in VENDOR.iterdir():
        if folder.is_dir() and folder.name not in wanted:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
