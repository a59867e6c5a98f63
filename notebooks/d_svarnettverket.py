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
# # Bør svarnettverket beholdes, krympes eller utvides?

# %% tags=["parameters"]
WORLDS = 100  # mulige verdener, de første av de 300 som følger med
YEARS = 2  # simulerte år i hver
SEED = 1

# %% jupyter={"source_hidden": true} tags=["conclusion"]
from simulator import Key, Scenario, change, compare, load, shipped_worlds
from simulator.report import compared, numbers
from simulator.report.figures.canvas import stamp_of
from simulator.report.figures.intervals import draw_intervals
from simulator.report.sentences import limits
from simulator.report.showing import (
    about,
    answer,
    in_worlds,
    made_of,
    moved,
    picture,
    remarks,
    show,
    size,
    table,
    worlds_sentence,
)

now, none, wide = (load(name) for name in ("2024-actual", "no-network", "network-round-the-clock"))
unnamed = [key for key in now.sites if key.startswith("site ")]
named = len(now.sites) - len(unnamed) - 1  # Kristiansand er sentralen
small = change(
    now,
    {"title": "Bare de navngitte svarstedene svarer", "sites": {key: {"open": "closed"} for key in unnamed}},
)


def own_people(people: int, hours: str, when: str) -> Scenario:
    """Uten svarnettverk, men med flere på telefon i Kristiansand."""
    shift = {
        "hours": hours,
        "counsellors": {"value": people, "status": "assumed", "source": "alternativet"},
        "answers": ["phone"],
    }
    title = f"Uten nettverk, {'én' if people == 1 else 'to'} til på telefon {when}"
    return change(none, {"title": title, "roster": {"kristiansand": {"telefon til": shift}}})


replacements = [
    own_people(1, "16:00-24:00", "kl. 16–24"),
    own_people(2, "16:00-24:00", "kl. 16–24"),
    own_people(1, "always", "hele døgnet"),
    own_people(2, "always", "hele døgnet"),
]
found = compare(now, [none, small, wide, *replacements], YEARS, SEED, worlds=shipped_worlds().first(WORLDS))
without, shrunk, widened, *instead = found.plans
REACHED, CALLS, COST = Key("persons_reached"), Key("answered", "phone"), Key("cost_nok")
reached = {plan: found.get(plan, REACHED) for plan in found.plans}
gain, made = {plan: each.change for plan, each in reached.items()}, found.manifests[now.name]
calls, at_centre = found.get(without, CALLS), found.get(without, Key("answered", "phone", "kristiansand"))
local = calls.base - at_centre.base  # samtaler som svarnettverket svarer på i dag
enough = [plan for plan in instead if gain[plan].mean >= 0]
cheapest = min(enough, key=lambda plan: found.get(plan, COST).change.mean, default=None)
if cheapest is None:
    price = "Ingen av bemanningene vi har prøvd i Kristiansand, gir svar på like mange som nettverket gjør."
else:
    extra, better = found.get(cheapest, COST).change, reached[cheapest].share_of_worlds_better
    price = (
        "Den billigste bemanningen vi har prøvd som i snitt gir svar på minst like mange uten nettverket, er "
        f"«{found.titles[cheapest]}». Den koster {moved(extra, 'mer', 'mindre')} i året, og i "
        f"{in_worlds(better, made)} får minst like mange svar. Koster nettverket mindre enn "
        f"{about(extra.mean / local, 'NOK')} per samtale det svarer på, er det altså billigere å beholde det enn å "
        "erstatte det slik."
    )
covered = at_centre.change.mean > local / 2
answer(
    f"Uten svarnettverket får {moved(gain[without])} hjelpesøk svar i et forventet år. Krympes det til de "
    f"{numbers.number(named, 'nb')} navngitte svarstedene, får {moved(gain[shrunk])} svar. Svarer alle svarstedene "
    f"hele døgnet, får {moved(gain[widened])} svar.",
    f"Nettverket svarer i dag på {size(local, at_centre.change)} av {size(calls.base, calls.change)} besvarte samtaler"
    + (", men uten det ville Kristiansand ha svart på de fleste av dem." if covered else "."),
    f"Vaktplanen i Kristiansand koster det samme i alle tre, for nettverkets folk lønnes av kommunene. {price}",
    sure=(
        worlds_sentence(made),
        f"Uten nettverket får færre svar i {in_worlds(1 - reached[without].share_of_worlds_better, made)}, og med "
        f"utvidelsen får flere svar i {in_worlds(reached[widened].share_of_worlds_better, made)}. Hvor mange det "
        "gjelder, henger på hvor mange som er på vakt på telefon i Kristiansand, og det er ikke publisert.",
    ),
)

# %% [markdown]
# ## Alternativene på de samme samtalene
#
# Grunnlaget er tjenesten i 2024: Kristiansand og barnevernvaktene i svarnettverket. Den som ringer, får svar lokalt
# hvis svarstedet er åpent og ledig, ellers i Kristiansand. Chatten er den samme i alle alternativene. De fire siste er
# uten nettverk, men med flere på telefon i Kristiansand. Totaler står først, så andeler.

# %%
shown = {
    "Hjelpesøk som får svar": REACHED,
    "Besvart av dem som møtte åpen telefon": Key("answered_share_of_open", "phone"),
    "Ventetid, snitt": Key("wait_mean_min", "phone"),
    "Vaktplanen": COST,
}
show(
    table(
        "Forskjell fra tjenesten i 2024, i et forventet år",
        ["Alternativ", *shown],
        [
            (found.titles[plan], *(compared.difference_text(found.get(plan, key), "nb") for key in shown.values()))
            for plan in found.plans
        ],
        "5–95 % over mulige verdener. Hjelpesøk er personer; andelen og ventetiden er av henvendelser på telefon. "
        "Vaktplanen er bare Kristiansands.",
    )
)

# %%
picture(
    "nettverket",
    lambda: draw_intervals(
        [(found.titles[plan], gain[plan]) for plan in found.plans],
        "Flere eller færre hjelpesøk som får svar",
        "Hjelpesøk per år mer enn tjenesten i 2024. Streken er 5–95 % over mulige verdener.",
        stamp_of(now.title, now.name, made["fingerprint"], made["version"], "nb"),
        "nb",
    ),
    "Flere eller færre hjelpesøk som får svar, ett intervall for hvert alternativ",
)

# %% [markdown]
# ## Hvor samtalene flytter seg uten nettverket

# %%
show(compared.sites_table(found, found.contacts[found.plans.index(without)], "nb"))

# %% [markdown]
# ## Det tallene ikke kan si

# %%
remarks(
    "Hva nettverket koster kommunene: barnevernvaktene er på vakt uansett, og prisen for 116 111 er ikke publisert.",
    "Hva det er verdt å få svar fra barnevernvakten der barnet bor: her teller et svar likt uansett hvor det gis.",
    f"Når {numbers.number(len(unnamed), 'nb')} av svarstedene er åpne: de er ikke navngitt i noen kilde, og tidene "
    "deres er antatt.",
    *limits("nb"),
)

# %% [markdown]
# ## Hva som ville endret konklusjonen
#
# - **Flere på telefon i Kristiansand enn vi tror.** Da tåler sentralen mer alene, og nettverket betyr mindre for hvor
#   mange som får svar.
# - **Barnevernvakter som oftere er opptatt.** Hvor ofte de er i egne saker er antatt; er det oftere, gir både
#   nettverket og en utvidelse mindre.
# - **Lengre samtaler.** Lengden på en samtale er hentet fra lignende tjenester.
#
# `simulator wanted no-network --against 2024-actual` sier hvilke tall fra tjenesten som ville gjort svaret smalere.

# %% [markdown]
# ## Slik er notatet laget

# %%
made_of({now.name: made, none.name: found.manifests[without], wide.name: found.manifests[widened]})
