"""`lipflap weights`: the model files that lipflap knows. Nothing is downloaded unless the user asks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from plugin_core.errors import Cancelled, OptionError, UnknownWeightsError
from plugin_core.model_files import weights_errors
from weights.fetching import fetch
from weights.finding import default_folders, entry_named, find_entry, find_weights
from weights.manifest import WeightsEntry, known_weights
from weights.verifying import Verification, add, verify


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("list", help="known models, and which are here").set_defaults(run=_list)
    checking = verbs.add_parser("verify", help="read files and compare their hashes; all that are here if none named")
    checking.add_argument("names", nargs="*", metavar="NAME_OR_FILE")
    checking.set_defaults(run=_verify)
    adding = verbs.add_parser("add", help="copy a file that you have to where lipflap finds it")
    adding.add_argument("file")
    adding.add_argument("--name", required=True, help="what to call it: a name of the list, or a new one")
    adding.set_defaults(run=_add)
    fetching = verbs.add_parser("fetch", help="show the licence of a known model, then download it")
    fetching.add_argument("name")
    fetching.add_argument("--accept-licence", action="store_true", help="agree without being asked")
    fetching.set_defaults(run=_fetch)


def _list(_arguments: argparse.Namespace) -> int:
    for entry in known_weights():
        path = find_entry(entry)
        use = "commercial use allowed" if entry.commercial else "NO commercial use"
        print(f"{entry.name:22} {entry.summary}\n{'':22} {use}; {path if path else 'not here'}")
    print("looked for in: " + ", ".join(str(folder) for folder in default_folders()))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    here = [path for entry in known_weights() if (path := find_entry(entry)) is not None]
    paths = [_path_of(name) for name in arguments.names] or here
    changed = 0
    for path in paths:
        with weights_errors():
            seen = verify(path)
        changed += seen.genuine is False
        print(f"{path}: {_told(seen)}")
    return 2 if changed else 0


def _path_of(name: str) -> Path:
    with weights_errors():
        return find_weights(name)


def _told(seen: Verification) -> str:
    states = {
        True: "its hash is the promised one",
        False: "its hash is NOT the promised one",
        None: "nobody promised a hash",
    }
    return f"{seen.network or 'unknown network'} ({seen.kind}), {states[seen.genuine]}, sha256 {seen.sha256}"


def _add(arguments: argparse.Namespace) -> int:
    with weights_errors():
        print(add(Path(arguments.file), arguments.name))
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    entry = entry_named(arguments.name)
    if entry is None:
        raise UnknownWeightsError(f"{arguments.name}: no such model; lipflap weights list names them")
    print(f"{entry.name}: {entry.summary}\nsource: {entry.source}\nlicence: {entry.licence}")
    with weights_errors():
        path = fetch(entry, accept_licence=_agreed(arguments.accept_licence, entry), progress=_tell)
    print(f"\n{path}")
    return 0


def _agreed(already: bool, entry: WeightsEntry) -> bool:
    if already:
        return True
    if not sys.stdin.isatty():
        raise OptionError("accept_licence", f"read the licence of {entry.name} above and give this flag if you agree")
    if input("Do you agree? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Cancelled
    return True


def _tell(done: int, total: int) -> None:
    share = f" of {total / 1e6:.0f}" if total else ""
    print(f"\r{done / 1e6:.0f}{share} MB", end="", file=sys.stderr, flush=True)
