"""English words that an input method would take for keys of a Vietnamese syllable: "this" for thí, "been" for bên.

They are those among the English words of the model's training data (pairs of sentences, and a dictionary) that
``keystrokes.decoded`` reads: those of sentences that occur twice at least, and those of the dictionary. Left out are
those that are 30 times rarer than the syllable is among the words of news ("hoof", hồ), since they are likelier Telex.
"""

from __future__ import annotations

from typing import Final

TAKEN_FOR_TELEX: Final = frozenset(
    """
    air ana ar arm as bar bats bee beef been beeps beer bees bern best bets bias bins bits bius boar boas boast
    boats boj boo boom boon boost boots bore born boron bose bosom bow box buri burn bury bus bust busy buys caf
    caps car cast cats cee ceos ces chair chaos char charm cheer chef chest chips choir chose chosen coast coats
    coax cops core corn cost cows cups cuts dacs dad dams dar darn dawn days dee deeds deer def defend dense der des
    did didn docs does doesn dojo donor doo door dorm dos dose dow down downs dura dust ems er es esc eset esm est
    ets ex gangs ganja gaps gary gas gaur gee gees gems gene genes germ gets ghana ghar ghee ghost gifu gijon giro
    goats goes goo gore gow gums guns guts guys hair hama hamas hangar hangs har harm has hasan hasn hee hens her
    here hero hips his hits homs honor hops horn hose host how hus huts if imf ims ins ips irene is ism isn its kana
    karma keen keeps kits kojo koran koren lama laos las last laura lawn lax lays lee lens les lese lest lets liar
    lips lisa lisp list loaf loans loom looms los lose lost lots low lows luis lungs lust macs mama manga maps mar
    mary mas masan mast mats max maya meets mere mis mist mix moms moon moons more moron mos most moxa mums must
    nana naps nast neem nern nest nets ngos noon nor norm nose now nur nuri nuts nux oar of ons oops or ore os own
    owns ox paan pair paju pans par paran pas past pasta pawn pax pays pee peer pens per perm pets photos pieces
    pisa poor pore porn pose post pots pox pups pus puts quasi queen quest queue queues quits rar ras rasam rats
    rauf rays reef rene res reset rest reuse rex roar roast roof room rooms roos roots rosa rose row rows runs rus
    sacs sas says see seem seems seen sees sense sets sex sins sir sits six soaps soar soes sofa songs sons soon
    sore sorong sows suj sums suns taos taps taro tax taxi tee teens tens tense term test thee themes there these
    this thorn those thus tips toast toes tongs tons too tops tore torn tots town towns trans traps trays tree trees
    trips trojan troops trust turn uaw ufa ups uri us usa ux vary vas vast vax vee vero vest vir vis visa vocs vow
    vows
    """.split()
)
