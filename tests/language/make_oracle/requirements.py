"""Requirements."""

import random

from packaging.requirements import InvalidRequirement, Requirement

from oracle import write

REQUIREMENTS = """
flask
Flask
zope.interface
a
A1
a_b
a--b
a.-_b
a-
-a
a.
_a
a-==1
a[x-]
a[-x]
a[x]
a[X_y, z]
a [x]
a[ x , y ]
a[]
a[ ]
a[x,]
a[,x]
a[x y]
a[x
a[x]]
a[x]>=1
a[x] (>=1)
a>=1
a >= 1
a(>=1)
a (>=1,<2)
a ( >= 1 , < 2 )
a ()
a (>=1
a >=1)
a (>=1)) 
a>=1,
a>=1, ,<2
a>=1,<2
a>=1<2
a >=1 <2
a,>=1
a>=1;os_name=='nt'
a>=1 ; os_name == 'nt'
a ; os_name == 'nt'
a;os_name=='nt'
a;
a ;
a; os_name
a[x]>=1; extra == 'Y'
a==1.*
a!=1.*
a>=1.*
a~=1.0.*
a~=1
a~=1.0
a==1.0a1.*
a==1.0+local
a>=1.0+local
a===whatever
a===1.0,>=2
a===
a==
a==1.0#c
a==1.0 #c
a 1.0
a b
a=1
a = 1
a=>1
a!1
a@https://example.org/a-1.0.tar.gz
a @ https://example.org/a-1.0.tar.gz
a @https://example.org/a-1.0.tar.gz
a [x] @ https://example.org/a-1.0-py3-none-any.whl
a @ https://example.org/a.zip ; os_name == 'nt'
a @ https://example.org/a.zip; os_name == 'nt'
a @ https://example.org/a.zip;os_name=='nt'
a @ https://example.org/a.zip os_name == 'nt'
a @ https://example.org/a b.zip
a @ ./relative
a @ ../relative ; python_version > '3'
a @ file:///srv/a.whl
a @ git+https://example.org/a.git@main#egg=a
a @
a @ 
a @ ;
a @ https://example.org/a.zip >= 1
a >=1 @ https://example.org
a[x]@git+ssh://git@example.org/a.git
https://example.org/a.zip
./a
../a
a/b
a\\b
a>=1,<2;python_version>='3' and (os_name=='nt' or extra=='x')
a>=1,<2;python_version>='3' and
a>=1;python_version>='3' # comment
a>=v1.0
a>=1.0.dev
a<2.0.0.post1
a==1!2.0
a>=1.0rc
a >=2.7, !=3.0.*, !=3.1.*
a (==1.0)
a==1.0.*,<1.0.5
 a 
	a>=1
a>=1 ,<2
a>= 1
a~= 1.0
a ~=1.0 ; os_name~='x'
a>=1.0;(os_name=='nt')
a>=99999999999999999999
a{x}
a<1>2
a(>=1)(<2)
a[x][y]
a;os_name=='nt';os_name=='nt'
\u00e9
a\u00e9
a>=1\u00e9
a[\u00e9]
a>=\u0661
""".strip("\n").split("\n") + ["", " ", "a\n", "a\n>=1", "a>=\n1", "a;\nos_name=='nt'", "a\u00a0>=1", "a\x00", "a[x]\n"]


def describe(requirement):
    from packaging.utils import canonicalize_name
    return {
        "name": canonicalize_name(requirement.name),
        "extras": sorted({canonicalize_name(extra) for extra in requirement.extras}),
        "specifiers": sorted(str(one) for one in requirement.specifier),
        "url": requirement.url,
        "marker": str(requirement.marker) if requirement.marker else None,
    }


def requirements():
    cases = []
    rng = random.Random(503)
    texts = list(REQUIREMENTS)
    # One or two characters of a good line removed, doubled or replaced.
    for _ in range(900):
        text = list(rng.choice(REQUIREMENTS[:100]))
        for _ in range(rng.randint(1, 2)):
            if not text:
                break
            at = rng.randrange(len(text))
            what = rng.random()
            if what < 0.35:
                del text[at]
            elif what < 0.6:
                text.insert(at, text[at])
            else:
                text[at] = rng.choice(" ,;()[]<>=~!@.*+-_'a1#")
        texts.append("".join(text))
    for text in dict.fromkeys(texts):
        try:
            case = {"requirement": text, "valid": True} | describe(Requirement(text))
        except InvalidRequirement:
            case = {"requirement": text, "valid": False}
        cases.append(case)
    write("requirements.json", cases)
