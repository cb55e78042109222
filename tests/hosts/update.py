#!/usr/bin/env python3
"""Writes the golden verdicts of hosts anew, and says what changed. usage: update.py [NAME...]     PLUMBLINE names the
program of a build; root is needed. Reasons of unknown and error are shown with --reasons."""
import sys

import hosts


def show_reasons(name, verdicts):
    for look, found in verdicts.items():
        for rule, (verdict, reason) in sorted(found.items()):
            if verdict in ("unknown", "error"):
                print(f"{name} {look} {rule}: {verdict}: {reason}")


def main():
    chosen = [word for word in sys.argv[1:] if word != "--reasons"]
    for name in chosen or hosts.names():
        said = hosts.load(name)
        verdicts = {look: hosts.judge(said, look) for look in hosts.looks(said)}
        if "--reasons" in sys.argv:
            show_reasons(name, verdicts)
        for look, found in verdicts.items():
            for line in hosts.differences(name, look, found) if look in hosts.golden_looks(name) else []:
                print(f"{name} {look} {line}")
        hosts.golden_path(name).write_text(hosts.golden_text(said["title"], verdicts))


if __name__ == "__main__":
    main()
