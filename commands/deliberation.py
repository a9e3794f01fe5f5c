"""The deliberation commands: `opinions`, `count` and `verify`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from commands import Subcommands
from deliberation import ballot_csv, pabulib
from deliberation.budgeting import greedy
from deliberation.counting import allocated, count
from deliberation.definition import BUDGETING, Definition, Method, Result
from deliberation.equal_shares import Completion, Utility, equal_shares
from deliberation.opinions import output
from deliberation.opinions.maps import RAW, Guards, opinion_map
from deliberation.owners import square_centimetres
from deliberation.presets import PRESETS
from deliberation.quorum import Amount
from deliberation.ties import Option, TieBreak, TieRule
from deliberation.verify import verify
from services import ledger_proof

Run = Callable[[argparse.Namespace], int]


class UsageError(Exception):
    """Arguments that do not go together."""


def register(commands: Subcommands) -> None:
    """Add the three commands."""
    _opinions_parser(commands.add_parser("opinions", help="the opinion map of votes on statements"))
    _count_parser(commands.add_parser("count", help="count ballots and explain the result"))
    verifier = commands.add_parser("verify", help="check an exported ballot log or points ledger")
    verifier.add_argument("file", type=Path, metavar="FILE")
    verifier.add_argument(
        "--head", action="append", default=[], help="a published hash that the log must contain"
    )
    verifier.add_argument(
        "--key", action="append", default=[], help="a published key of a signed points ledger"
    )
    verifier.set_defaults(run=_guarded(run_verify))


def run_opinions(args: argparse.Namespace) -> int:
    votes = output.read_votes(_text(args.votes))
    found = output.to_json(opinion_map(votes, guards=RAW if args.raw else Guards()))
    if args.json:
        _print_json(found)
    else:
        print("\n".join(_map_lines(found)))
    return 0


def run_count(args: argparse.Namespace) -> int:
    result = _count_budget(args) if args.ballots.suffix == ".pb" else _count_csv(args)
    if args.json:
        _print_json(result.to_json())
    else:
        print("\n".join(_result_lines(result)))
    return 0


def run_verify(args: argparse.Namespace) -> int:
    text = _text(args.file)
    if ledger_proof.is_proof(text):
        return _verify_ledger(text, args.key)
    found = verify(text, args.head)
    if found.whole:
        print(f"whole: {found.entries} entries, {len(found.receipts)} receipts, head {found.head}")
        return 0
    print(f"broken at entry {found.broken_entry}: {found.reason}", file=sys.stderr)
    return 1


def _verify_ledger(text: str, keys: list[str]) -> int:
    try:
        print(f"whole: {ledger_proof.check(text, keys)} entries of the points ledger, signed")
    except ledger_proof.BrokenProof as error:
        print(f"broken: {error}", file=sys.stderr)
        return 1
    return 0


def _opinions_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--votes", type=Path, required=True, metavar="FILE")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--raw", action="store_true", help="without the small-number guards")
    parser.set_defaults(run=_guarded(run_opinions))


def _count_parser(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ballots", type=Path, required=True, metavar="FILE")
    parser.add_argument("--rule", required=True, choices=[str(method) for method in Method])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--options", help="codes in published order, with commas")
    parser.add_argument("--seats", type=int, default=1)
    parser.add_argument("--tie", choices=[str(kind) for kind in TieBreak], default="earlier")
    parser.add_argument("--seed", default="", help="seed of the lot")
    parser.add_argument("--most", type=int, help="marks allowed (approval)")
    parser.add_argument("--high", type=int, default=5, help="highest score")
    parser.add_argument("--points", type=int, default=10, help="points to spread")
    parser.add_argument(
        "--quorum", choices=sorted(PRESETS), help="a preset of docs/deliberation.md"
    )
    parser.add_argument("--eligible", type=int, help="persons in the electorate")
    parser.add_argument("--eligible-area", help="their area in m²")
    parser.add_argument("--eligible-households", type=int, default=0)
    parser.add_argument("--present", type=int, help="persons present at the meeting")
    parser.add_argument("--present-households", type=int, default=0)
    parser.add_argument("--utility", choices=[str(utility) for utility in Utility])
    parser.add_argument("--completion", choices=[str(one) for one in Completion], default="none")
    parser.set_defaults(run=_guarded(run_count))


def _guarded(run: Run) -> Run:
    """Exit status 2 for arguments that do not go together, 1 for a file that cannot be used."""

    def guarded(args: argparse.Namespace) -> int:
        try:
            return run(args)
        except UsageError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        except (OSError, ValueError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 1

    return guarded


def _count_budget(args: argparse.Namespace) -> Result:
    method = Method(args.rule)
    if method not in BUDGETING:
        raise UsageError(f"a .pb file is counted by {' or '.join(sorted(BUDGETING))}")
    election = pabulib.election(pabulib.read(_text(args.ballots)))
    ties = _ties(args)
    if method is Method.GREEDY:
        return allocated(method, election, greedy(election, ties))
    utility = Utility(args.utility) if args.utility else None
    completion = Completion(args.completion)
    allocation = equal_shares(election, ties, utility=utility, completion=completion)
    return allocated(method, election, allocation)


def _count_csv(args: argparse.Namespace) -> Result:
    method = Method(args.rule)
    if method in BUDGETING:
        raise UsageError(f"{method} needs a .pb file")
    ballots = ballot_csv.read(_text(args.ballots), method)
    codes = args.options.split(",") if args.options else ballot_csv.codes(ballots)
    definition = Definition(
        method,
        tuple(Option(code.strip()) for code in codes),
        seats=args.seats,
        ties=_ties(args),
        most=args.most,
        high=args.high,
        points=args.points,
        quorum=PRESETS[args.quorum] if args.quorum else None,
        eligible=_eligible(args),
    )
    return count(definition, ballots, _present(args))


def _ties(args: argparse.Namespace) -> TieRule:
    kind = TieBreak(args.tie)
    if (kind is TieBreak.LOT) != bool(args.seed):
        raise UsageError("--tie lot and --seed go together")
    return TieRule(kind, args.seed)


def _eligible(args: argparse.Namespace) -> Amount | None:
    if args.eligible is None:
        return None
    area = square_centimetres(args.eligible_area) if args.eligible_area else 0
    return Amount(args.eligible, area, args.eligible_households)


def _present(args: argparse.Namespace) -> Amount | None:
    if args.present is None:
        return None
    return Amount(args.present, households=args.present_households)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _result_lines(result: Result) -> list[str]:
    lines = [f"{result.method}: {result.outcome}; winners: {', '.join(result.winners) or 'none'}"]
    for test in result.tests:
        mark = "met" if test.met else "not met"
        share = f"{test.test.comparison} {test.test.numerator}/{test.test.denominator}"
        lines.append(f"  {test.test.name} {test.numerator}/{test.denominator} {share}: {mark}")
    for step in result.rounds:
        figures = ", ".join(f"{name} {_short(value)}" for name, value in step.figures.items())
        lines.append(f"  {step.number}. {step.action} {step.option or ''} ({figures})")
    if result.tied:
        lines.append(f"  decided by the tie rule: {', '.join(result.tied)}")
    return lines


def _short(value: object) -> str:
    if isinstance(value, Fraction) and value.denominator != 1:
        return f"{float(value):.4g}"
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_short(part)}" for name, part in value.items())
    return str(value)


def _map_lines(found: Mapping[str, Any]) -> list[str]:
    people, statements = len(found["participants"]), len(found["statements"])
    lines = [f"{people} participants, {found['in']} in the map, {statements} statements"]
    for group in found["groups"]:
        said = ", ".join(f"{one['id']} ({one['side']})" for one in group["representative"])
        lines.append(f"group {group['id']}: {group['size']} people; {said or 'nothing in common'}")
    for side, listed in found["consensus"].items():
        lines.append(f"all {side}: {', '.join(one['id'] for one in listed) or 'nothing'}")
    if found["stability"] is not None:
        steady = "stable" if found["stable"] else "not stable"
        lines.append(f"groups are {steady} (adjusted Rand index {found['stability']:.2f})")
    return lines
