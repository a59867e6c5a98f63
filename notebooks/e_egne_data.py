# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Hva ville tjenestens egne tall time for time fortalt oss?

# %% tags=["parameters"]
WORLDS = 100  # mulige verdener, de første av de 300 som følger med
YEARS = 2  # simulerte år i hver
ASKED = 100  # mulige verdener som spørres om hva hvert tall ville gjort
NARROWED = 100  # mulige verdener som letes opp på nytt med det oppdiktede årets tall
WORKERS = 2  # prosesser som leter samtidig; svaret er det samme
SEED = 1

# %% jupyter={"source_hidden": true} tags=["conclusion"]
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator import (
    Key,
    calibrate,
    compare,
    contact_log,
    fit,
    load,
    read_own_data,
    run,
    shipped_worlds,
    what_is_wanted,
)
from simulator.report import compared, numbers
from simulator.report.figures.canvas import stamp_of
from simulator.report.figures.intervals import draw_day
from simulator.report.imported import OWN_DATA, import_files, import_tables
from simulator.report.showing import (
    answer,
    made_of,
    moved,
    percent,
    picture,
    remarks,
    show,
    size,
    table,
    worlds_sentence,
)
from simulator.report.wanted import wanted_tables
from simulator.study.compare import Comparison
from simulator.study.estimates import Estimate
from simulator.study.exporting import hourly_counts
from simulator.study.worlds.calibrate import Inputs
from simulator.study.worlds.priors import read_priors
from simulator.study.worlds.shapes import read_shapes
from simulator.words import say

worlds = shipped_worlds().first(WORLDS)
now, to_02, known_year = load("2024-actual"), load("open-to-02"), load("2023-actual")
REACHED, CHATS = Key("persons_reached"), Key("answered", "chat")

# Hva hvert tall ventelig ville gjort med svaret
asked = what_is_wanted(to_02, shipped_worlds().first(ASKED), now, [REACHED, CHATS], YEARS, SEED)
hourly, everything = (next(each for each in asked[0].worth if each.name == name) for name in ("hourly", "all"))

# Prøven: et oppdiktet år med kjent fasit, skrevet ut på to måter og lest som om tjenesten hadde sendt det
exported = {"counts": hourly_counts(known_year, "chat", SEED), "log": contact_log(known_year, "chat", SEED)}
own, told, narrowed = {}, {}, {}
for kind, text in exported.items():
    with TemporaryDirectory() as folder:
        file, priors = Path(folder) / f"{kind}.csv", Path(folder) / OWN_DATA
        file.write_text(text, "utf-8")
        own[kind] = read_own_data(file, channel="chat")
        told[kind] = fit(own[kind])
        priors.write_bytes(import_files(own[kind], told[kind], "chat", "et oppdiktet år")[OWN_DATA])
        inputs = Inputs(priors=read_priors([priors]), shapes=read_shapes([priors]), seed=SEED)
    narrowed[kind] = calibrate(inputs, NARROWED, workers=WORKERS)


# Spørsmålet, med det publiserte, med hver av filene, og i den oppdiktede verdenen selv
before, counts, log = (
    compare(now, [to_02], YEARS, SEED, worlds=each) for each in (worlds, narrowed["counts"], narrowed["log"])
)
truth = compare(now, [to_02], YEARS * 20, SEED)


def reached(comparison: Comparison) -> Estimate:
    """Hvor mange flere hjelpesøk som får svar."""
    return comparison.get(to_02.name, REACHED).change


def beside(comparison: Comparison) -> str:
    """Svaret, hvor mye smalere intervallet er enn med det publiserte, og om det treffer fasiten."""
    old, new, real = (reached(each) for each in (before, comparison, truth))
    narrower = 1 - (new.high - new.low) / (old.high - old.low)
    width = f"{percent(abs(narrower))} {'smalere' if narrower > 0 else 'bredere'}"
    inside = "innenfor" if new.low <= real.mean <= new.high else "utenfor"
    return f"{moved(new)}. Intervallet er {width}, og fasiten, {size(real.mean, real)}, ligger {inside}."


answer(
    f"Fikk vi {say('wanted.datum.hourly', 'nb')}, ventes intervallet for hva chat til kl. 02 gir, å bli "
    f"{percent(hourly.reduction)} smalere. Fikk vi alt vi har spurt om, ventes det å bli "
    f"{percent(everything.reduction)} smalere.",
    f"Med det som er publisert, er svaret {moved(reached(before))} hjelpesøk som får svar i et forventet år.",
    "Prøvd på et oppdiktet år der fasiten er kjent: med ett års henvendelser på chat talt time for time blir svaret "
    f"{beside(counts)}",
    f"Med en logg over hver henvendelse i det samme året blir svaret {beside(log)} Loggen har "
    f"{numbers.number(told['log'].attempts, 'nb')} rader og ingen opplysninger om hvem som tok kontakt.",
    sure=(
        worlds_sentence(before.manifests[to_02.name]),
        f"Hvor mye smalere, er anslått med en standardfeil på {percent(hourly.error)}. Prøven er ett oppdiktet år i én "
        f"verden, og intervallene med egne tall hviler på {numbers.number(NARROWED, 'nb')} verdener hver: et annet år "
        "ville gitt andre tall.",
    ),
)

# %% [markdown]
# ## Hva som gjør svaret usikkert, og hva som ville hjulpet
#
# I hver mulig verden er det regnet ut hva tjenesten ville kunnet fortelle, og hvor mye det ville skilt verdenene fra
# hverandre.

# %%
show(*wanted_tables(asked, "nb"))

# %% [markdown]
# ## Prøven: ett oppdiktet år
#
# Et år slik det var i 2023 er simulert i programmets standardverden, som ikke er blant de mulige verdenene, og skrevet
# ut på to måter: antall per time, og en logg med én rad per henvendelse. Så er filene lest som om tjenesten hadde sendt
# dem, og mulige verdener er lett opp på nytt med det de sier. Slik kan vi se om lesingen finner det som ble lagt inn,
# før noen gir fra seg ekte tall.

# %%
seen = run(known_year, YEARS, SEED, worlds=worlds)
DAYS = 365
hours = [seen.measures.get("offered", channel="chat", hour=f"{hour:02d}") for hour in range(24)]
made, profile = seen.manifest, told["counts"].profile
picture(
    "dognet",
    lambda: draw_day(
        {
            "med det publiserte (mulige verdener)": tuple(
                [getattr(each, end) / DAYS for each in hours] for end in ("mean", "low", "high")
            ),
            "med det oppdiktede årets tall": (profile.per_hour, profile.low, profile.high),
        },
        "Henvendelser på chat gjennom døgnet",
        "Strekene er 5–95 % over mulige verdener, og 95 % for det oppdiktede året.",
        "Henvendelser per time",
        stamp_of(known_year.title, known_year.name, made["fingerprint"], made["version"], "nb"),
        "nb",
    ),
    "Henvendelser på chat per time gjennom døgnet: intervallet med det publiserte og med egne tall",
)

# %%
show(import_tables(own["log"], told["log"], "chat", "nb")[0])

# %%
KEYS = (REACHED, CHATS, Key("abandoned", "chat"), Key("wait_mean_min", "chat"), Key("cost_nok"))
show(
    table(
        "Chat til kl. 02 mot tjenesten i 2024, i et forventet år",
        ["Forskjell", "Med det publiserte", "Med antall per time", "Med loggen", "Fasit"],
        [
            (
                compared.figure_name(key, "nb"),
                *(compared.difference_text(each.get(to_02.name, key), "nb") for each in (before, counts, log, truth)),
            )
            for key in KEYS
        ],
        "De tre første er 5–95 % over mulige verdener. Fasiten er den oppdiktede verdenens snitt, der intervallet bare "
        "er simuleringsstøy.",
    )
)

# %% [markdown]
# ## Det tallene ikke kan si

# %%
remarks(
    "Tallene sier hvem som møtte åpen chat. Hvor mange som møtte stengt, står ikke i noe system, og må fortsatt antas. "
    "Derfor kan ikke egne tall alene gjøre svaret sikkert.",
    "Hvor mange som er på vakt, står i vaktlisten, ikke i disse tallene. Den må vi ha for å kjenne kostnaden.",
    "Fasiten er en modellverden. At lesingen finner den igjen, viser at regningen går opp, ikke at modellen er riktig.",
)

# %% [markdown]
# ## Hva som ville endret konklusjonen
#
# - **Et annet spørsmål.** Hva som hjelper mest, avhenger av hva det spørres om. `simulator wanted SCENARIO --against
#   ANNET` svarer for andre.
# - **Tall uten de tapte.** Er bare de besvarte talt, vet vi ikke hvor mange som ga opp i køen.
# - **En logg uten ventetider.** Da faller tålmodigheten ut. Døgnprofilen trenger bare antall per time.
# - **Et år som ikke ligner.** Ett år er ett utfall; to år ville sagt mer om hva som er tilfeldig.
#
# Hvordan tallene gis, står i `docs/egne-data.md`: `simulator import`, så `simulator calibrate
# --priors`.

# %% [markdown]
# ## Slik er notatet laget

# %%
made_of({**before.manifests, known_year.name: made})
