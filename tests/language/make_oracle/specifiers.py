"""Specifiers, and the versions that they accept."""

import random

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from oracle import write

VERSIONS = """
0 0.dev0 0a0 0.0.0 0.1 1 1.0 1.0.0 1.0.1 1.0.dev0 1.0.dev1 1.0a0 1.0a1 1.0a1.dev1 1.0a1.post1 1.0a1.post1.dev2 1.0a2
1.0b1 1.0rc1 1.0rc1.dev3 1.0rc2 1.0+cpu 1.0+cpu.1 1.0+1 1.0.post0 1.0.post0.dev1 1.0.post1 1.0.post1.dev0
1.0.post1+local 1.0.post2 1.0.0.post1 1.1 1.1.dev1 1.1a1 1.1.1 1.2 1.2.3 1.2.3.4.5 1.9 1.10 1.10.0 1.10.1 1.10rc1
1.10.post1 1.11 2 2.0 2.0.dev1 2.0a1 2.0rc1 2.0+cu118 2.0.post1 2.1 3 3.8 3.8.1 3.12 10 2023.1 2023.10.1 1!0 1!0.5
1!1.0 1!1.0a1 1!1.0+x 1!2 65536 70000.1 1.300 1.0.0.0.0 1.0.0.0.1 1.0rc64 1.0rc70 1.0.post300 1.0.dev300
""".split()
SPECIFIER_VERSIONS = """
0 0.0 0.dev0 1 1.0 1.0.0 1.0.dev0 1.0.dev1 1.0a1 1.0a1.dev1 1.0a1.post1 1.0b1 1.0rc1 1.0rc 1.0.post1 1.0.post1.dev0
1.0.post0 1.1 1.10 1.10.0 1.2.3 2 2.0 2.0.dev1 2.0rc1 3.8 1!0 1!1.0 v1.0 1.0-1 1.0-post1 1.0ALPHA1 1.0_dev2 1.0.a.1
2023.10 65536 1.300 99999999999999999999
""".split()
EQUALITY_ONLY = ["1.0+cpu", "1.0+CPU.01", "1.0+1", "2.0+cu118", "1.*", "1.0.*", "1.10.*", "0.*", "1!1.*", "2.*", "v1.*",
                 "1.0.0.*", "1.2.3.*"]
BROKEN = ["", "1", "=1", "= 1", "==", "== ", "===", "=== ", ">=", ">=1.*", "<2.*", ">1.*", "<=1.*", "~=1", "~=1.*", "~=1.0.*",
          ">=1+local", "~=1.0+local", "<1+l", "==1.0a1.*", "==1.0.post1.*", "==1.0.dev1.*", "==1.0+cpu.*", "!=1.0a1.*",
          "==1.", "==1..2", "==.1", "==a", "==1.0x", "==1.0 2.0", ">=1 <2", "=>1", "><1", "!1", "!==1", "====1", "==1,,<2",
          ",", ",>=1", ">=1,", ">=1, ,<2", ">= 1.0 , < 2 ", "\t>=1\n", ">=\u00a01", "\x1c>=1", "==1*", "==*", "==1.0.*.*",
          "===1.0 2", "===foo bar", "===foo;", "===foo)", "===1.0,<2", "===*", "===1.*", "==1!1", "==1!", "==!1", "==1!1!1",
          "==1.0-", "==1.0--1", "==1.0-r", "==1.0r3", "==1.0rev", "==1.0pre", "==1.0preview2", "==1.0c", "==1.0c1",
          "==1.0a-1", "==1.0a--1", "==1.0-1-1", "==1.0a.dev", "==1.0.dev-3", "==1.0+", "==1.0+a..b", "==1.0+a.b_c-d",
          "==1.0+\u00e9", ">=\u0661", "^1.0", "~1.0", "1.0", ">=1.0,~1", ">dev", "==V1.0", ">=1.0RC1", "<1.0DEV", "==1.0POST"]


def specifiers():
    cases = []
    texts = [op + v for op in ("==", "!=", "<=", ">=", "<", ">", "~=", "===") for v in SPECIFIER_VERSIONS]
    texts += [op + v for op in ("==", "!=", "===") for v in EQUALITY_ONLY]
    texts += BROKEN
    rng = random.Random(440)
    base = [t for t in texts if valid_specifier(t)]
    texts += [",".join(rng.sample(base, rng.randint(2, 4))) for _ in range(250)]
    # Made-up versions of every shape against made-up specifiers of every shape.
    for _ in range(400):
        op = rng.choice(["==", "!=", "<=", ">=", "<", ">", "~=", "==*", "!=*"])
        v = random_version(rng, plain=op.endswith("*"), local=op in ("==", "!="))
        texts.append(op.rstrip("*") + v + (".*" if op.endswith("*") else ""))
    for text in dict.fromkeys(texts):
        try:
            parsed = SpecifierSet(text)
        except InvalidSpecifier:
            cases.append({"specifiers": text, "valid": False})
            continue
        close = list(dict.fromkeys([random_version(rng) for _ in range(3)] + near(parsed, rng)))
        cases.append({
            "specifiers": text,
            "valid": True,
            "prereleases": bool(parsed.prereleases),
            "answers": answers(parsed, VERSIONS),
            "near": close,
            "answers_beside": answers(parsed, close),
        })
    write("specifiers.json", [{"versions": VERSIONS}] + cases)


def answers(parsed, versions):
    return "".join("T" if parsed.contains(canonical(v), prereleases=True) else "F" for v in versions)


def canonical(text):
    from packaging.version import Version
    return Version(text)


def valid_specifier(text):
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def near(parsed, rng):
    """Versions close to those of the specifiers."""
    found = []
    for one in parsed:
        base = one.version.removesuffix(".*")
        if len(base) > 19:  # numbers above 64 bits, which no version here can have
            continue
        for tail in ("", ".0", ".1", "a1", "rc2", ".dev0", ".dev1", ".post0", ".post1", ".post1.dev1", "+x", ".post1+x", "a1+x"):
            try:
                found.append(str(canonical(base + tail)))
            except ValueError:
                pass
    return rng.sample(found, min(len(found), 8))


def random_version(rng, plain=False, local=True):
    text = rng.choice(["", "", "", "", "1!"]) + ".".join(str(rng.choice([0, 0, 1, 1, 2, 10, 300])) for _ in range(rng.randint(2, 4)))
    if plain:
        return text
    if rng.random() < 0.3:
        text += rng.choice(["a", "b", "rc"]) + str(rng.randint(0, 2))
    if rng.random() < 0.3:
        text += ".post" + str(rng.randint(0, 2))
    if rng.random() < 0.3:
        text += ".dev" + str(rng.randint(0, 2))
    if local and rng.random() < 0.2:
        text += "+" + rng.choice(["1", "a", "cpu.2"])
    return text
