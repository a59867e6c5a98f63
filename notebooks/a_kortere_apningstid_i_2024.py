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
# # Hva kostet de kortere åpningstidene i 2024?

# %% tags=["parameters"]
WORLDS = 100  # mulige verdener, de første av de 300 som følger med
YEARS = 2  # simulerte år i hver
SEED = 1

# %% jupyter={"source_hidden": true} tags=["conclusion"]
from simulator import Key, compare, explain, load, shipped_worlds
from simulator.evidence import number
from simulator.report import compared, explained, numbers
from simulator.report.figures.compared import draw_hours
from simulator.report.sentences import limits
from simulator.report.showing import (
    about,
    answer,
    each_costs,
    in_worlds,
    interval,
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
from simulator.study.estimates import Estimate

worlds = shipped_worlds().first(WORLDS)
REACHED, CHATS, CALLS, COST = Key("persons_reached"), Key("answered", "chat"), Key("answered", "phone"), Key("cost_nok")

# De som søkte hjelp i 2023, med åpningstiden de hadde og med den kortere
before, shorter = load("2023-actual"), load("2023-demand-2024-hours")
found = compare(before, [shorter], YEARS, SEED, worlds=worlds)
plan = shorter.name

# De som søkte hjelp i 2024, med døgnåpen chat og med åpningstiden de hadde
open_again, after = load("round-the-clock"), load("2024-actual")
later = compare(open_again, [after], YEARS, SEED, worlds=worlds)


def change(key: Key) -> Estimate:
    """Forskjellen i ett nøkkeltall mellom åpningstidene i 2024 og i 2023, for de samme hjelpesøkene."""
    return found.get(plan, key).change


reached, contacts = found.get(plan, REACHED), found.contacts[0]
calls = f"{moved(change(CALLS))} blir besvart på telefon"
if change(CALLS).low > 0:
    calls = f"mens {calls}, for noen ringer i stedet"
answer(
    f"Med åpningstidene fra 2024 ville {moved(reached.change)} av hjelpesøkene på telefon og chat i 2023 fått svar. "
    f"Det er {about(abs(reached.change.mean / reached.base), 'share')} av de {size(reached.base, reached.change)} som "
    "får svar med døgnåpen chat i et forventet år.",
    f"Regnet på dem som søkte hjelp i 2024, får {moved(later.get(after.name, REACHED).change)} svar enn med døgnåpen "
    "chat. Da er etterspørselen i de stengte timene antatt, for den etterlot ingen spor.",
    f"Av hjelpesøkene i 2023 mister {interval(contacts.yearly['lost'])} svaret, og "
    f"{interval(contacts.yearly['gained'])} får svar de ellers ikke ville fått. På chat blir {moved(change(CHATS))} "
    f"samtaler besvart, {calls}.",
    f"Vaktplanen koster {moved(change(COST), 'mer', 'mindre')} i året. {each_costs(found, plan)}",
    sure=(
        worlds_sentence(found.manifests[plan]),
        f"Færre får svar i {in_worlds(1 - reached.share_of_worlds_better, found.manifests[plan])}. Hvor mange som er "
        "på vakt, er ikke publisert, og kostnaden hviler på antakelser om det.",
    ),
)

# %% [markdown]
# ## Bare åpningstiden er endret
#
# De samme hjelpesøkene møter to åpningstider: døgnåpen chat som i 2023, og chat på ettermiddag og kveld som i 2024.
# Vaktene følger åpningstiden. Totaler står først, så andeler. Et hjelpesøk er en person med ett behov; en henvendelse
# er ett forsøk, og ett hjelpesøk kan gi flere.

# %%
show(compared.plan_table(found, plan, "nb"))

# %% [markdown]
# ## To svar på det samme spørsmålet
#
# For 2023 er det publisert hvor mange chatter som ble besvart i de timene som siden ble stengt. For 2024 finnes det
# ikke tall for dem, og modellen antar at etterspørselen der endret seg omtrent som ellers i døgnet.

# %%
columns = [(found, plan), (later, after.name)]
show(
    table(
        "Forskjell fra døgnåpen chat i et forventet år",
        ["Nøkkeltall", "De som søkte hjelp i 2023", "De som søkte hjelp i 2024"],
        [
            (
                compared.figure_name(key, "nb"),
                *(compared.difference_text(each.get(name, key), "nb") for each, name in columns),
            )
            for key in (REACHED, Key("unanswered"), CHATS, CALLS, Key("staffed_hours"), Key("overtime_hours"), COST)
        ],
        "5–95 % over mulige verdener. De to første er hjelpesøk, altså personer; besvarte er henvendelser. Overtid er "
        "samtaler som gjøres ferdig etter stengetid, og er ikke priset.",
    )
)

# %% [markdown]
# ## Når på døgnet svarene blir borte

# %%
picture(
    "etter-klokkeslett",
    lambda: draw_hours(found, plan, "nb"),
    "Færre hjelpesøk som får svar, etter klokkeslettet for første forsøk, med intervall over mulige verdener",
)

# %%
published = {
    "Besvarte chatter i 2023, hele året": "chat-answered-2023",
    "– i de timene som var stengt i 2024": "chat-answered-2023-hours-closed-2024",
    "– av dem kl. 00–04": "chat-answered-2023-00-04",
}
show(
    table(
        "Publisert om de samme timene",
        ["Henvendelser", "Antall"],
        [(name, numbers.number(number(id), "nb")) for name, id in published.items()],
        "Fra tjenestens årsrapport. Dette er besvarte samtaler, ikke hjelpesøk. Noen av dem ville ha ringt eller "
        "kommet tilbake, og derfor er tapet i hjelpesøk et annet tall.",
    )
)

# %% [markdown]
# ## Hvorfor 2024 ble som det ble
#
# Fra 2023 til 2024 endret også etterspørselen seg. Her er hele endringen mellom de to årene delt på årsakene. Delene
# legger seg sammen til endringen, uansett hvilken rekkefølge årsakene tenkes i (Shapley-verdier). Åpningstid og
# bemanning må leses under ett: åpen chat uten folk gir ingen svar, og det gjør heller ikke folk uten åpen chat.

# %%
why = explain(before, after, ("persons_reached", "answered/chat"), 1, SEED, worlds=worlds)
persons = why.figures[0]
hours_and_staff = sum(part.change.mean for part in persons.parts if part.cause in ("hours", "staff"))
remarks(
    f"Åpningstid og bemanning står til sammen for {percent(hours_and_staff / persons.total.mean)} av endringen i hvor "
    "mange hjelpesøk som får svar, og endret etterspørsel for resten."
)

# %%
show(*(explained.figure_table(why, each, "nb") for each in why.figures))

# %% [markdown]
# ## Hva som kan ligge bak samtalene

# %%
show(compared.consequences_table(found, plan, "nb"))

# %% [markdown]
# ## Det tallene ikke kan si

# %%
remarks(*limits("nb"))

# %% [markdown]
# ## Hva som ville endret konklusjonen
#
# - **Flere som ringer i stedet.** Hvor mange som ringer når chatten er stengt, er antatt innenfor det økningen på
#   telefon tillater. Jo flere som gjør det, desto mindre er tapet, så lenge telefonen har ledige folk.
# - **Flere eller færre på vakt om natten i 2023.** Det flytter først og fremst kostnaden, for antall besvarte chatter
#   er publisert.
# - **En natt i 2024 som ikke lignet natten i 2023.** Det flytter bare det andre svaret, for dem som søkte hjelp i 2024.
# - **Barn som fikk hjelp et annet sted.** Modellen ser bare 116 111.
#
# Hvor mye smalere svaret blir med tjenestens egne tall, står i notatet om egne data.

# %% [markdown]
# ## Slik er notatet laget

# %%
made_of({**found.manifests, **later.manifests})
