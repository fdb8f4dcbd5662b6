"""Believable combinations of conditions and medicines, as rows.

Codes: ICD-10-CM (public domain), RxNorm ingredient concepts, LOINC. Labels are our own short words. Not clinical
advice: a demo patient is a plausible row, not a recommendation.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoCondition:
    """A problem: ICD-10-CM code, words, and who notes it ("pc" or "bh")."""

    code: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class DemoMedicine:
    """A medicine: RxNorm ingredient, words with dose, how taken, and who prescribes it."""

    rxcui: str
    text: str
    dosage: str
    by: str


@dataclass(frozen=True, slots=True)
class Archetype:
    """One kind of patient. ``weight`` is its share; ``score`` the PHQ-9 and GAD-7 at the start of treatment."""

    key: str
    weight: int
    conditions: tuple[DemoCondition, ...]
    medicines: tuple[DemoMedicine, ...]
    phq9: int
    gad7: int
    concern: str
    question: str
    goes_to: str
    """"therapist", "psychiatrist", "sud", or a medical specialty in lower case."""
    is_sud: bool = False


_DM = DemoCondition("E11.65", "Type 2 diabetes, blood sugar high", "pc")
_HTN = DemoCondition("I10", "High blood pressure", "pc")
_COPD = DemoCondition("J44.9", "COPD", "pc")
_CHF = DemoCondition("I50.9", "Heart failure", "pc")
_OBESITY = DemoCondition("E66.9", "Obesity", "pc")
_HYPOTHYROID = DemoCondition("E03.9", "Low thyroid", "pc")
_MDD = DemoCondition("F32.1", "Major depression, single episode, moderate", "bh")
_MDD_R = DemoCondition("F33.1", "Major depression, recurrent, moderate", "bh")
_GAD = DemoCondition("F41.1", "Generalized anxiety", "bh")
_PANIC = DemoCondition("F41.0", "Panic disorder", "bh")
_PTSD = DemoCondition("F43.10", "Post-traumatic stress", "bh")
_BIPOLAR = DemoCondition("F31.81", "Bipolar II disorder", "bh")
_SCHIZO = DemoCondition("F20.9", "Schizophrenia", "bh")
_INSOMNIA = DemoCondition("G47.00", "Insomnia", "pc")
_AUD = DemoCondition("F10.20", "Alcohol use disorder, moderate or severe", "sud")
_OUD = DemoCondition("F11.20", "Opioid use disorder, moderate or severe", "sud")

_METFORMIN = DemoMedicine("6809", "Metformin 1,000 mg", "twice a day", "pc")
_LISINOPRIL = DemoMedicine("29046", "Lisinopril 20 mg", "mornings", "pc")
_HCTZ = DemoMedicine("5487", "Hydrochlorothiazide 25 mg", "mornings", "pc")
_AMLODIPINE = DemoMedicine("17767", "Amlodipine 5 mg", "daily", "pc")
_FUROSEMIDE = DemoMedicine("4603", "Furosemide 40 mg", "mornings", "pc")
_ALBUTEROL = DemoMedicine("435", "Albuterol inhaler", "as needed", "pc")
_LEVOTHYROXINE = DemoMedicine("10582", "Levothyroxine 75 mcg", "mornings", "pc")
_SERTRALINE = DemoMedicine("36437", "Sertraline 50 mg", "mornings", "bh")
_ESCITALOPRAM = DemoMedicine("321988", "Escitalopram 10 mg", "daily", "bh")
_FLUOXETINE = DemoMedicine("4493", "Fluoxetine 20 mg", "mornings", "bh")
_BUPROPION = DemoMedicine("42347", "Bupropion 150 mg", "mornings", "bh")
_TRAZODONE = DemoMedicine("10737", "Trazodone 50 mg", "at bedtime", "bh")
_LITHIUM = DemoMedicine("6448", "Lithium 600 mg", "at bedtime", "bh")
_OLANZAPINE = DemoMedicine("61381", "Olanzapine 10 mg", "at bedtime", "bh")
_PRAZOSIN = DemoMedicine("8629", "Prazosin 2 mg", "at bedtime", "bh")
_BUPRENORPHINE = DemoMedicine("1819", "Buprenorphine 8 mg under the tongue", "daily", "sud")
_NALTREXONE = DemoMedicine("7243", "Naltrexone 50 mg", "daily", "sud")

ARCHETYPES = (
    Archetype("diabetes-depression", 16, (_DM, _HTN, _MDD), (_METFORMIN, _LISINOPRIL, _SERTRALINE), 16, 9,
              "Low mood, off the diabetes diet", "Is this depression? What should change first?", "therapist"),
    Archetype("hypertension-anxiety", 14, (_HTN, _GAD), (_LISINOPRIL, _HCTZ, _ESCITALOPRAM), 9, 14,
              "Worry, poor sleep, racing heart", "Therapy first, or medicine too?", "therapist"),
    Archetype("copd-depression", 9, (_COPD, _MDD_R), (_ALBUTEROL, _BUPROPION), 15, 8,
              "Breathless and hopeless", "Could treating mood help the breathing plan?", "psychiatrist"),
    Archetype("heart-failure-insomnia", 8, (_CHF, _INSOMNIA, _MDD), (_FUROSEMIDE, _LISINOPRIL, _TRAZODONE), 13, 7,
              "Awake most nights", "Which insomnia treatment is safe here?", "therapist"),
    Archetype("panic-thyroid", 7, (_HYPOTHYROID, _PANIC), (_LEVOTHYROXINE, _SERTRALINE), 8, 15,
              "Sudden fear, chest tight, normal ECG", "Panic disorder? Please assess and treat.", "therapist"),
    Archetype("trauma-pain", 8, (_PTSD, _HTN, _OBESITY), (_AMLODIPINE, _PRAZOSIN, _SERTRALINE), 17, 16,
              "Nightmares, avoids the clinic", "Trauma-focused therapy, please.", "therapist"),
    Archetype("bipolar", 6, (_BIPOLAR, _HYPOTHYROID), (_LITHIUM, _LEVOTHYROXINE), 14, 8,
              "Ups and downs, two weeks without sleep", "Bipolar disorder? Which labs should I follow?",
              "psychiatrist"),
    Archetype("schizophrenia-metabolic", 5, (_SCHIZO, _DM, _OBESITY), (_OLANZAPINE, _METFORMIN), 11, 7,
              "Weight up 22 lb in a year", "Can the antipsychotic change? A1c is 9.1%.", "psychiatrist"),
    Archetype("alcohol-depression", 6, (_AUD, _MDD, _HTN), (_NALTREXONE, _AMLODIPINE, _FLUOXETINE), 15, 11,
              "Drinking most nights, wants to stop", "Please assess for the program.", "sud", is_sud=True),
    Archetype("opioid", 4, (_OUD, _GAD), (_BUPRENORPHINE,), 12, 12,
              "Asks for help with pills", "Please assess for medicine treatment.", "sud", is_sud=True),
    Archetype("cardiology", 6, (_HTN, _CHF), (_LISINOPRIL, _FUROSEMIDE), 5, 4,
              "More breathless on stairs", "Echo shows EF 38%. Next steps?", "cardiology"),
    Archetype("endocrinology", 5, (_DM, _HYPOTHYROID), (_METFORMIN, _LEVOTHYROXINE), 6, 5,
              "A1c 10.2% on two medicines", "Insulin, or something else first?", "endocrinology"),
    Archetype("pulmonology", 3, (_COPD, _HTN), (_ALBUTEROL, _AMLODIPINE), 6, 5,
              "Three flares this winter", "Please optimize inhalers.", "pulmonology"),
    Archetype("oncology", 3, (DemoCondition("C50.919", "Breast cancer, under treatment", "pc"), _GAD),
              (_ESCITALOPRAM,), 9, 12, "New diagnosis, cannot sleep", "Plan of treatment, please.", "oncology"),
)  # fmt: skip

FAMILY_NAMES = (
    "Ejemplo", "Mockford", "Fixture", "Pretendly", "Placeholder", "Specimen", "Sampleton", "Muestra", "Prueba",
    "Testerly", "Demoulin", "Dummyworth", "Invento", "Fictus", "Patternson", "Modelli", "Stubbins", "Figment", "Madeup",
    "Imaginari", "Exemplar", "Proxwell", "Standin", "Notreal", "Fabula", "Sketchley", "Draftman", "Protowell",
    "Esempio",
    "Beispiel",
    "Voorbeeld", "Örnek", "Przykład", "Пример", "Ví Dụ", "Örnekli", "Príklad", "Παράδειγμα", "Esimerkki", "Eksempel",
)  # fmt: skip
GIVEN_NAMES = (
    ("Marisol", "female"), ("Harold", "male"), ("Otis", "male"), ("Grace", "female"), ("Desmond", "male"),
    ("Joan", "female"), ("Lena", "female"), ("Ines", "female"), ("Alma", "female"), ("Victor", "male"),
    ("Ruthanne", "female"), ("Theo", "male"), ("Camila", "female"), ("Amadou", "male"), ("Yuki", "female"),
    ("Bilal", "male"), ("Niamh", "female"), ("José", "male"), ("Chipo", "female"), ("Ravi", "male"),
    ("Quinn", "other"), ("Mele", "female"), ("Dmitri", "male"), ("Siobhán", "female"), ("Kofi", "male"),
)  # fmt: skip
