"""The vendored files are the ones that package.json names, byte for byte."""

import hashlib
import json

from deploy.machine import ROOT

VENDOR = ROOT / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
WANTED = json.loads((ROOT / "deploy" / "frontend" / "package.json").read_text(encoding="utf-8"))["dependencies"]


def test_every_vendored_file_has_the_hash_of_the_manifest():
    changed = [
        row["file"]
        for row in MANIFEST
        if hashlib.sha256((VENDOR / row["file"]).read_bytes()).hexdigest() != row["sha256"]
    ]
    assert changed == []


def test_the_manifest_names_every_vendored_file():
    lying = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert lying - {"manifest.json"} == {row["file"] for row in MANIFEST}


def test_the_manifest_holds_the_versions_of_package_json():
    assert {(row["package"], row["version"]) for row in MANIFEST} == set(WANTED.items())


def test_every_package_brings_its_licence():
    assert {row["package"] for row in MANIFEST if row["file"].endswith("LICENSE")} == set(WANTED)
    assert all(row["licence"] for row in MANIFEST)


def test_package_json_names_exact_versions():
    assert [name for name, version in WANTED.items() if not version.replace(".", "").isdigit()] == []
