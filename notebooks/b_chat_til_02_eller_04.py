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
# # Bør chatten holde åpent til kl. 02 eller kl. 04?

# %% tags=["parameters"]
WORLDS = 100  # mulige verdener, de første av de 300 som følger med
YEARS = 2  # simulerte år i hver
SEED = 1

# %% jupyter={"source_hidden": true} tags=["conclusion"]
from simulator import Key, compare, load, shipped_worlds
from simulator.evidence import number
from simulator.report import compared, numbers
from simulator.report.figures.compared import draw_hours
from simulator.report.sentences import limits
from simulator.report.showing import (
    answer,
    each_costs,
    in_worlds,
    made_of,
    moved,
    percent,
    picture,
    remarks,
    show,
    table,
    worlds_sentence,
)
from simulator.study.compare import Comparison
from simulator.study.worlds.answers import answers

worlds = shipped_worlds().first(WORLDS)
REACHED, CHATS, COST = Key("persons_reached"), Key("answered", "chat"), Key("cost_nok")
now, to_02, to_04 = plans = [load(name) for name in ("2024-actual", "open-to-02", "open-to-04")]
found = compare(now, [to_02, to_04], YEARS, SEED, worlds=worlds)
step = compare(to_02, [to_04], YEARS, SEED, worlds=worlds)

# De samme årene verden for verden: hva ett ekstra svar koster før kl. 02 og etter
persons, kroner = zip(
    *(answers(each, worlds.worlds, [REACHED, COST], YEARS, SEED).means for each in plans), strict=True
)
before_02, after_02 = ((kroner[i + 1] - kroner[i]) / (persons[i + 1] - persons[i]) for i in (0, 1))
dearer_in = float((after_02 > before_02).mean())


def gives(comparison: Comparison, plan: str) -> str:
    """Hva et alternativ gir og koster, i en setning."""
    reached, chats, cost = (comparison.get(plan, key).change for key in (REACHED, CHATS, COST))
    return (
        f"svar på {moved(reached)} hjelpesøk i et forventet år, med {moved(chats)} besvarte chatter, og koster "
        f"{moved(cost, 'mer', 'mindre')} i året. {each_costs(comparison, plan)}"
    )


def share(key: Key) -> float:
    """Hvor stor del av det kl. 04 gir eller koster, som kl. 02 alene gir eller koster."""
    return found.get(to_02.name, key).change.mean / found.get(to_04.name, key).change.mean


made, last_hours = found.manifests[to_04.name], step.get(to_04.name, REACHED)
first = "Er pengene knappe, gir altså timene fram til kl. 02 mest for kronene."
if dearer_in < 1 / 2:
    first = "Timene etter kl. 02 gir altså minst like mye for kronene som timene før."
answer(
    f"Chat til kl. 02 gir {percent(share(REACHED))} av de ekstra svarene chat til kl. 04 ville gitt, for "
    f"{percent(share(COST))} av kostnaden. {first}",
    f"Chat til kl. 02 gir {gives(found, to_02.name)}",
    f"Chat til kl. 04 gir {gives(found, to_04.name)}",
    f"Timene fra kl. 02 til kl. 04 gir alene {gives(step, to_04.name)}",
    sure=(
        worlds_sentence(made),
        f"Kl. 04 gir svar på flere enn kl. 02 i {in_worlds(last_hours.share_of_worlds_better, made)}, og et ekstra "
        f"svar etter kl. 02 er dyrere enn et før i {in_worlds(dearer_in, made)}.",
        "Om timene etter kl. 02 er verdt prisen, kan ikke tallene svare på: nattens samtaler kan være alvorligere enn "
        "døgnets.",
    ),
)

# %% [markdown]
# ## Hva hvert alternativ endrer
#
# Alternativene møter de samme hjelpesøkene som tjenesten slik den var i 2024. Kveldslaget blir stående til kl. 02, og
# etter det er det grunnbemanningen alene. Totaler står først, så andeler.

# %%
columns = [(found, to_02.name), (found, to_04.name), (step, to_04.name)]
show(
    table(
        "Forskjell i et forventet år",
        ["Nøkkeltall", "Til kl. 02 mot 2024", "Til kl. 04 mot 2024", "Til kl. 04 mot kl. 02"],
        [
            (
                compared.figure_name(key, "nb"),
                *(compared.difference_text(each.get(plan, key), "nb") for each, plan in columns),
            )
            for key in (*compared.SHOWN, Key("overtime_hours"))
        ],
        "5–95 % over mulige verdener. «Besvart av dem som møtte åpen kanal» deler på flere når det er åpent lenger. "
        "Overtid er ikke priset.",
    )
)

# %%
picture(
    "etter-klokkeslett",
    lambda: draw_hours(found, to_04.name, "nb"),
    "Flere hjelpesøk som får svar når chatten er åpen til kl. 04, etter klokkeslettet for første forsøk, med intervall",
)

# %% [markdown]
# ## Hvem som vinner og mister svar
#
# Den som vinner svar, møtte stengt før eller ga opp. Lengre åpningstid kan også ta svaret fra noen: flere samtidige
# chatter gir mer kø, og den som før møtte stengt og ringte, chatter nå.

# %%
show(compared.contacts_table(found, found.contacts[1], "nb"))

# %% [markdown]
# ## Hva som kan ligge bak chattene mellom kl. 02 og kl. 04

# %%
show(compared.consequences_table(step, to_04.name, "nb"))

# %% [markdown]
# ## Det tallene ikke kan si

# %%
night = numbers.number(number("chat-answered-2023-00-04"), "nb")
remarks(
    f"Fordelingen gjennom natten: publisert er bare at {night} chatter ble besvart kl. 00–04 i 2023, ikke hvor mange "
    "av dem som kom før kl. 02.",
    *limits("nb"),
)

# %% [markdown]
# ## Hva som ville endret konklusjonen
#
# - **En natt som er jevnere enn modellen tror.** Kommer flere etter kl. 02, blir de siste timene billigere per
#   hjelpesøk; kommer færre, dyrere.
# - **Færre på vakt etter kl. 02.** Her står grunnbemanningen til kl. 04. Med færre folk blir timene billigere og køen
#   lengre.
# - **Hva som teller.** Et hjelpesøk om natten veier her like mye som ett på ettermiddagen.
#
# Hva tjenestens egne tall time for time ville gjort med svaret, står i notatet om egne data.

# %% [markdown]
# ## Slik er notatet laget

# %%
made_of({**found.manifests, **step.manifests})
