# ruff: noqa: RUF001 - other alphabets look like ours
"""What the synthesizers say: sentences of our own in many languages, and their words in any order."""

from __future__ import annotations

import numpy as np

_SENTENCES: dict[str, tuple[str, ...]] = {
    "en": (
        "My mother baked a big apple pie before supper.",
        "Please put the paper boat back on the pond.",
        "We were away for a week and nobody watered the flowers.",
        "The old robot waved both arms and fell over.",
        "I think this is the third thing that they have thrown out.",
        "Show me the shop where she sells those shiny shoes.",
        "He has very few friends, but every one of them is loyal.",
        "Why would you go home now? The show has only begun!",
        "A purple umbrella blew across the empty park.",
        "Look at the little yellow light above the door.",
        "Stop! There is a bump at the bottom of the steps.",
        "Her brother drives a huge green bus through the village.",
        "Maybe we can meet at half past five by the fountain.",
        "Good morning, everybody, and welcome aboard.",
        "It took months of work to make this picture move.",
        "The cat jumped up, bumped the lamp, and broke it.",
        "Oh no, I forgot to feed the fish again.",
        "Father found four feathers under the front porch.",
        "You always choose the longest road and the slowest horse.",
        "Could you bring me some warm milk and a bowl of soup?",
        "The judge put a large orange folder on the table.",
        "Nine noisy geese walked along the narrow lane.",
        "Both of us thought that the weather would be better.",
        "Tell them I am busy until Thursday, maybe Friday.",
        "Blue smoke poured from the chimney of the bakery.",
        "What a beautiful voice! Who taught you how to sing?",
        "Move your mouth, open it wide, then close it gently.",
        "The captain kept a map of every bay and harbour.",
        "If it rains tomorrow, we will stay in and paint.",
        "Sheep sleep deeply in the deep green valley.",
        "He laughed, shook his head, and would not say another word.",
        "My boots are full of mud, and so is my bag.",
    ),
    "de": (
        "Meine Mutter backt am Montag einen großen Apfelkuchen.",
        "Bitte bleib noch ein bisschen, bis der Bus kommt.",
        "Fünf Füchse liefen früh am Morgen durch den Wald.",
        "Warum machst du immer so komische Bilder von mir?",
        "Der Papagei plappert den ganzen Tag über das Wetter.",
        "Wir wollten eigentlich nur schnell etwas Brot kaufen.",
        "Oben auf dem Berg wohnt ein alter Müller mit seinen Ziegen.",
        "Ich weiß nicht, ob sie heute Abend noch pünktlich kommt.",
    ),
    "fr": (
        "Ma mère prépare une bonne soupe pour ce soir.",
        "Le petit bateau bleu part pour une île inconnue.",
        "Vous pouvez parler plus fort, s'il vous plaît ?",
        "On a oublié le parapluie chez mon oncle.",
        "Je voudrais un bon morceau de fromage et du pain.",
        "Cette image bouge beaucoup mieux que la première.",
        "Les feuilles tombent doucement sous la pluie.",
    ),
    "es": (
        "Mi madre prepara una buena sopa para la familia.",
        "El pequeño barco blanco vuelve siempre por la noche.",
        "¿Puedes poner el vaso encima de la mesa, por favor?",
        "Los amigos bailaban juntos hasta muy tarde.",
        "Me gusta mucho el olor del pan por la mañana.",
        "Un gato gordo duerme bajo la ventana abierta.",
        "Hace buen tiempo, vamos a caminar por el campo.",
    ),
    "it": (
        "La mamma prepara una buona pizza per tutti i bambini.",
        "Il pappagallo verde parla sempre troppo.",
        "Vorrei un bicchiere di acqua fresca, per piacere.",
        "Domani mattina partiamo per il mare con la nave.",
        "Che bella giornata, non c'è nemmeno una nuvola!",
        "Il vecchio falegname lavora piano, ma molto bene.",
    ),
    "pt": (
        "Minha mãe fez um bolo de maçã para a festa.",
        "O barco pequeno voltou para a praia antes da chuva.",
        "Você pode abrir a porta, por favor?",
        "Muitas pessoas bonitas passavam pela ponte.",
        "O pássaro amarelo cantava bem alto na mangueira.",
    ),
    "nl": (
        "Mijn moeder bakt vanmiddag een grote appeltaart.",
        "De boot vaart rustig onder de brug door.",
        "Waarom kom je morgen niet even bij ons op bezoek?",
        "Vijf bruine paarden lopen achter het oude huis.",
        "Het licht gaat uit, maar de muziek speelt verder.",
    ),
    "pl": (
        "Moja mama piecze dobry placek z jabłkami.",
        "Biały pies biega po polu i szczeka na ptaki.",
        "Proszę powiedzieć, gdzie jest najbliższy sklep.",
        "Wczoraj wieczorem padał bardzo mocny deszcz.",
        "Pięć małych łódek płynie powoli w stronę brzegu.",
    ),
    "ru": (
        "Моя мама приготовила большой пирог с яблоками.",
        "Белый пароход медленно плывёт по широкой реке.",
        "Почему вы так поздно пришли домой?",
        "Мы будем петь и плясать до самого утра.",
        "Под окном растёт старая берёза.",
    ),
    "tr": (
        "Annem bu sabah bize büyük bir börek pişirdi.",
        "Küçük mavi gemi yavaşça limandan ayrıldı.",
        "Lütfen kapıyı kapat, içeri soğuk geliyor.",
        "Babam her akşam pencerenin önünde kitap okur.",
        "Yarın hep birlikte parka gidip müzik dinleyelim.",
    ),
    "hu": (
        "Anyám finom almás pitét sütött vasárnap.",
        "A kis piros hajó lassan elhagyja a kikötőt.",
        "Miért nem mondtad, hogy ma is esni fog?",
        "Bemegyünk a városba, és veszünk öt új ceruzát.",
    ),
    "id": (
        "Ibu membuat kue pisang untuk pesta besok malam.",
        "Perahu kecil itu pulang sebelum hujan turun.",
        "Tolong buka pintu dan jendela, udaranya panas sekali.",
        "Bapak membaca buku besar di bawah pohon mangga.",
    ),
    "sw": (
        "Mama anapika chakula kizuri kwa watoto wote.",
        "Mashua ndogo imerudi pwani kabla ya mvua.",
        "Tafadhali fungua mlango, mgeni amefika.",
        "Babu yangu anapenda kusoma vitabu vya zamani.",
    ),
    "cs": (
        "Maminka upekla k obědu velký jablečný koláč.",
        "Bílá loď pomalu pluje pod starým mostem.",
        "Prosím vás, kde je tady nejbližší obchod?",
        "Pět malých myší běhalo po půdě celou noc.",
    ),
    "el": (
        "Η μητέρα μου έφτιαξε μια μεγάλη πίτα με μήλα.",
        "Το μικρό μπλε καράβι φεύγει από το λιμάνι.",
        "Μπορείς να ανοίξεις την πόρτα, παρακαλώ;",
        "Αύριο θα πάμε όλοι μαζί στη θάλασσα.",
    ),
    "ro": (
        "Mama a pregătit o plăcintă bună cu mere.",
        "Barca mică și albă se întoarce mereu seara.",
        "Puteți să vorbiți puțin mai tare, vă rog?",
        "Un bătrân pescar privea apa în fiecare dimineață.",
    ),
    "ko": (
        "엄마가 아침에 맛있는 빵을 만들었어요.",
        "작은 배가 바다 위를 천천히 지나갑니다.",
        "비가 오면 우리 모두 집에서 그림을 그려요.",
    ),
    "hi": (
        "मेरी माँ ने आज बहुत मीठा हलवा बनाया।",
        "छोटी नाव धीरे धीरे नदी के पार जाती है।",
        "कृपया दरवाज़ा बंद कर दीजिए, बाहर ठंड है।",
    ),
    "ca": (
        "La meva mare prepara un bon pastís de poma per a tothom.",
        "El vaixell petit torna sempre abans de la pluja.",
        "Pots obrir la porta i la finestra, si us plau?",
        "Un gat molt gran dorm a sota de la taula blanca.",
        "Demà al matí anirem tots junts a la platja.",
        "Sempre busco el paraigua vermell quan ja plou.",
    ),
    "sv": (
        "Min mamma bakade en stor äppelpaj till middagen.",
        "Den lilla båten kommer alltid hem före mörkret.",
        "Kan du vara snäll och öppna fönstret en stund?",
        "På bordet ligger fem gröna päron och en bok.",
    ),
    "fi": (
        "Äiti leipoi aamulla ison omenapiirakan meille.",
        "Pieni vene palaa satamaan ennen pimeää.",
        "Voisitko puhua vähän kovempaa, ole hyvä?",
        "Pöydällä on viisi punaista palloa ja vanha kirja.",
    ),
}

LANGUAGES: dict[str, tuple[str, ...]] = {
    "en": ("en-us", "en", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc"),
    "fr": ("fr", "fr-be"),
    "es": ("es", "es-419"),
    "pt": ("pt", "pt-br"),
    **{name: (name,) for name in ("de", "it", "nl", "pl", "ru", "tr", "hu", "id", "sw", "cs", "el", "ro", "ko", "hi")},
}
"""Languages that networks are trained on, each with the espeak-ng voices that speak it."""

HELD_OUT_LANGUAGES = {"sv": ("sv",), "fi": ("fi",)}
"""Never trained on; for measuring."""

# Every fifth English sentence is never trained on.
_HELD_OUT_EVERY = 5


def pick_text(rng: np.random.Generator, language: str, *, held_out: bool = False) -> str:
    """Something to say: half the time a sentence as it is, half the time its language's words in a random order.

    Args:
        rng: decides.
        language: a key of `LANGUAGES` or `HELD_OUT_LANGUAGES`.
        held_out: English only: take the sentences that training never hears (as they are).
    """
    sentences = _SENTENCES[language]
    if language == "en":
        chosen = [i % _HELD_OUT_EVERY == 0 for i in range(len(sentences))]
        sentences = tuple(s for s, kept in zip(sentences, chosen, strict=True) if kept == held_out)
    if held_out or rng.random() < 0.5:
        return str(rng.choice(sentences))
    words = " ".join(sentences).replace(",", "").split()
    return " ".join(str(word) for word in rng.choice(words, size=int(rng.integers(4, 12))))
