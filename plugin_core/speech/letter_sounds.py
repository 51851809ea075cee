"""How an English-looking word that no dictionary knows is probably said: for invented names.

Longest match first, left to right. The aim is the right mouth, not the right accent: vowels that look alike on the
lips are not told apart with much care.
"""

from __future__ import annotations

import re

# Pattern at the current letter -> phones. Of those that match, the first one counts. "(?<![a-z])" is a word's start,
# "$" its end, "[aeiouy]" a vowel letter.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), phones)
    for pattern, phones in (
        # several letters, one sound
        (r"tch", "CH"), (r"sch", "SH"), (r"tion", "SH AH N"), (r"sion", "ZH AH N"), (r"cious|tious", "SH AH S"),
        (r"ture$", "CH ER"), (r"ough$", "OW"), (r"ought|aught", "AO T"), (r"igh", "AY"), (r"eigh", "EY"),
        (r"sh", "SH"), (r"ch(?=r)", "K"), (r"ch", "CH"), (r"th", "TH"), (r"ph", "F"),
        (r"gh(?=[aeiouy])", "G"), (r"gh", ""),
        (r"wh", "W"), (r"(?<![a-z])kn", "N"), (r"(?<![a-z])wr", "R"), (r"(?<![a-z])ps", "S"), (r"mb$", "M"),
        (r"qu", "K W"), (r"ck", "K"), (r"ng$|ng(?=s$)", "NG"), (r"n(?=[gkxq])", "NG"), (r"dge", "JH"),
        (r"sce|sci(?=[aou])", "S"),
        # vowels with r
        (r"ear$|eer", "IY R"), (r"air|are$", "EH R"), (r"oor|oar|our$|ore$|or", "AO R"), (r"ar", "AA R"),
        (r"(?:er|ir|ur|yr|re$)(?![aeiouy])", "ER"), (r"er(?=[aeiouy])", "EH R"),
        # pairs of vowels
        (r"ee|ea|ie(?=[^t$])|ei", "IY"), (r"oo", "UW"), (r"ou|ow(?=[nld])", "AW"), (r"ow$|oa|oe$", "OW"),
        (r"ow", "AW"),
        (r"ai|ay|ey(?=[a-z])", "EY"), (r"au|aw", "AO"), (r"oi|oy", "OY"), (r"ew|eu|ue$|ui", "UW"),
        (r"ie$|ey$", "IY"),
        # endings
        (r"(?<=[td])ed$", "IH D"), (r"(?<=[^aeiouy])ed$", "D"), (r"es$(?<=[sxz]es)", "IH Z"), (r"es$", "Z"),
        (r"le$", "AH L"),
        (r"(?<=[a-z])ous$", "AH S"), (r"y$(?<=[a-z]y)", "IY"), (r"(?<=[a-z][a-z])e$", ""),
        (r"(?<=[aeiouy])s$", "Z"),
        # a vowel before one consonant and a final e says its name
        (r"a(?=[^aeiouywrx]e$)", "EY"), (r"i(?=[^aeiouywrx]e$)", "AY"), (r"o(?=[^aeiouywrx]e$)", "OW"),
        (r"u(?=[^aeiouywrx]e$)", "UW"), (r"y(?=[^aeiouywrx]e$)", "AY"),
        # vowels at a word's edges
        (r"a$", "AH"), (r"o$", "OW"), (r"i$", "IY"), (r"u$", "UW"), (r"e(?<=^e)$|e(?<=^[a-z]e)$", "IY"),
        (r"y(?<=^[a-z]y)$", "AY"),
        # single letters
        (r"c(?=[eiy])", "S"), (r"g(?=[eiy])", "JH"), (r"x(?<=^x)", "Z"), (r"x", "K S"), (r"y(?=[aeiou])", "Y"),
        (r"a", "AE"), (r"e", "EH"), (r"i|y", "IH"), (r"o", "AA"), (r"u", "AH"),
        (r"([bcdfgklmnprstvz])\1", ""),  # the second letter of a pair speaks for both
        (r"b", "B"), (r"c", "K"), (r"d", "D"), (r"f", "F"), (r"g", "G"), (r"h(?=[aeiouy])", "HH"), (r"h", ""),
        (r"j", "JH"),
        (r"k", "K"), (r"l", "L"), (r"m", "M"), (r"n", "N"), (r"p", "P"), (r"q", "K"), (r"r", "R"),
        (r"s", "S"), (r"t", "T"),
        (r"v", "V"), (r"w", "W"), (r"z", "Z"),
    )
)  # fmt: skip
_NAMES = (
    "a:EY b:B_IY c:S_IY d:D_IY e:IY f:EH_F g:JH_IY h:EY_CH i:AY j:JH_EY k:K_EY l:EH_L m:EH_M n:EH_N o:OW p:P_IY "
    "q:K_Y_UW r:AA_R s:EH_S t:T_IY u:Y_UW v:V_IY w:D_AH_B_AH_L_Y_UW x:EH_K_S y:W_AY z:Z_IY"
)
_LETTER_NAMES = {pair[0]: tuple(pair[2:].split("_")) for pair in _NAMES.split()}


def letter_sounds(word: str) -> tuple[str, ...]:
    """ARPABET phones for a word, from its letters alone.

    A word without a vowel letter is spelled out, letter by letter.

    Args:
        word: a to z in lower case; apostrophes are skipped.
    Returns:
        at least one phone for at least one letter.
    """
    letters = word.replace("'", "")
    if not re.search("[aeiouy]", letters):
        return tuple(phone for letter in letters for phone in _LETTER_NAMES[letter])
    phones: list[str] = []
    at = 0
    while at < len(letters):
        found, sounds = _rule_at(letters, at)
        phones += sounds
        at += found
    return tuple(phones) or _LETTER_NAMES[letters[0]]


def _rule_at(letters: str, at: int) -> tuple[int, list[str]]:
    for pattern, phones in _RULES:
        found = pattern.match(letters, at)
        if found is not None and found.end() > at:
            # A doubled letter matches as two: the first is silent, the second one is read next.
            return (1 if found.re.groups else found.end() - at), phones.split()
    return 1, []
