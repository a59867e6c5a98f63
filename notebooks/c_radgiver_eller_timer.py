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
# # Én rådgiver til om kvelden, eller lengre åpningstid for de samme kronene?

# %% tags=["parameters"]
WORLDS = 100  # mulige verdener, de første av de 300 som følger med
YEARS = 2  # simulerte år i hver
SEARCHED = 20  # mulige verdener som overtiden regnes i mens stengetiden letes fram
SEED = 1

# %% jupyter={"source_hidden": true} tags=["conclusion"]
from bisect import bisect_right
from functools import cache

from simulator import Key, Scenario, change, compare, cost_sheet, load, make_plan, shipped_worlds
from simulator.report import compared
from simulator.report.figures.canvas import stamp_of
from simulator.report.figures.intervals import draw_intervals
from simulator.report.sentences import limits
from simulator.report.showing import (
    about,
    answer,
    in_worlds,
    interval,
    made_of,
    moved,
    percent,
    picture,
    remarks,
    show,
    table,
    worlds_sentence,
)
from simulator.scenario import Calendar
from simulator.service.cost import Amounts
from simulator.study.compare import Comparison, Difference
from simulator.study.worlds.answers import answers

COUNTED = {1: "én", 2: "to", 3: "tre"}
CLOSES, CLOSES_SAT, LATEST = 22 * 60 + 45, 23 * 60 + 45, 30 * 60  # minutter etter midnatt, den dagen vakten begynner
CLOSINGS = range(CLOSES + 5, LATEST, 5)  # stengetidene det letes blant
ROUNDS = 3  # ganger stengetiden rettes etter overtiden
DEARER, BUSIER = 2, 1.5  # så mange ganger vaktens timepris, og så mange ganger etterspørselen i 2024
REACHED, OVERTIME = Key("persons_reached"), Key("overtime_hours")

now, one_more = load("2024-actual"), load("one-more-evening-counsellor")
worlds = shipped_worlds().first(WORLDS)


def rostered(scenario: Scenario) -> Amounts:
    """Timene på vakt i et år, og hva de koster."""
    return cost_sheet(make_plan(scenario), Calendar.of(scenario), scenario.pay).whole


def clock(minutes: int) -> str:
    """Klokkeslettet så mange minutter etter midnatt."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def longer(people: int, until: int) -> Scenario:
    """Tjenesten i 2024 med chatten åpen lenger, og så mange rådgivere på chat i de nye timene."""
    until_sat = max(until, CLOSES_SAT)
    hours = {"daily": f"22:45-{clock(until)}", "sat": f"23:45-{clock(until)}" if until > CLOSES_SAT else "closed"}
    shift = {
        "hours": hours,
        "counsellors": {"value": people, "status": "assumed", "source": "alternativet"},
        "answers": ["chat"],
        "chats_at_once": {"value": 2, "status": "assumed", "source": "evidence: default-chats-at-once"},
    }
    return change(
        now,
        {
            "title": f"Chat til kl. {clock(until).replace(':', '.')}, {COUNTED[people]} på vakt i de nye timene",
            "channels": {"chat": {"open": {"daily": f"16:15-{clock(until)}", "sat": f"16:15-{clock(until_sat)}"}}},
            "roster": {"kristiansand": {"lengre chat": shift}},
        },
        f"{people} lenger",
    )


def overtime_h(scenario: Scenario) -> float:
    """Timer overtid i et forventet år."""
    return float(answers(scenario, worlds.first(SEARCHED).worlds, [OVERTIME], 1, SEED).means.mean())


now_nok, now_overtime_h = rostered(now).nok, overtime_h(now)
budget_nok, budget_h = rostered(one_more).nok - now_nok, overtime_h(one_more) - now_overtime_h
hour_nok = budget_nok / (rostered(one_more).hours - rostered(now).hours)


@cache
def one_person_nok(until: int) -> float:
    """Hva én på vakt i de nye timene koster i et år."""
    return rostered(longer(1, until)).nok - now_nok


def for_the_same(people: int, dearer: float = 1) -> Scenario:
    """Den seneste stengetiden for like mange kroner, når en time overtid koster så mange ganger vaktens time."""
    whole_nok, overtime_nok = budget_nok + dearer * hour_nok * budget_h, dearer * hour_nok * budget_h
    for _ in range(ROUNDS):
        closing = bisect_right(CLOSINGS, (whole_nok - overtime_nok) / people, key=one_person_nok)
        plan = longer(people, CLOSINGS[max(closing, 1) - 1])
        overtime_nok = dearer * hour_nok * (overtime_h(plan) - now_overtime_h)
    return plan


plans = [for_the_same(people) for people in COUNTED]
found = compare(now, [one_more, *plans], YEARS, SEED, worlds=worlds)
hands, *hours = found.plans
best = max(hours, key=lambda plan: found.get(plan, REACHED).change.mean)
place, made = hours.index(best), found.manifests[found.base]


def beside(plan: Scenario, other: Scenario) -> Comparison:
    """Det ene alternativet med det andre som grunnlag."""
    return compare(plan, [other], YEARS, SEED, worlds=worlds)


# Det samme valget når flere tar kontakt, og når overtiden er dyrere
busy_now, busy_hands, busy_hours = (
    change(each, {"demand": {"trend": BUSIER}}) for each in (now, one_more, plans[place])
)
closes_earlier = for_the_same(place + 1, DEARER)
MORE, TWICE = f"{percent(BUSIER - 1)} flere tar kontakt", f"En time overtid koster {COUNTED[DEARER]} ganger så mye"
duel, busy, dear = beside(one_more, plans[place]), beside(busy_hands, busy_hours), beside(one_more, closes_earlier)
others = {
    MORE: (compare(busy_now, [busy_hands, busy_hours], YEARS, SEED, worlds=worlds), busy),
    TWICE: (compare(now, [one_more, closes_earlier], YEARS, SEED, worlds=worlds), dear),
}


def over_hands(comparison: Comparison) -> Difference:
    """Hvor mange flere hjelpesøk lengre åpningstid gir svar på enn én rådgiver til."""
    return comparison.get(comparison.plans[0], REACHED)


def cost_nok(plan: str, scenario: Scenario) -> float:
    """Vakter og overtid i et forventet år, mer enn i 2024."""
    return rostered(scenario).nok - now_nok + hour_nok * found.get(plan, OVERTIME).change.mean


answered = {plan: found.get(plan, Key("answered_share_of_open", "chat")).other for plan in (hands, best)}
answer(
    f"For {about(cost_nok(hands, one_more), 'NOK')} i året, med overtid, gir lengre åpningstid svar på "
    f"{moved(over_hands(duel).change)} hjelpesøk i et forventet år enn én chatrådgiver til om kvelden.",
    f"Én chatrådgiver til gir svar på {moved(found.get(hands, REACHED).change)} enn i dag. De samme kronene brukt på "
    f"lengre åpningstid gir, i den beste av tre utgaver («{found.titles[best]}»), svar på "
    f"{moved(found.get(best, REACHED).change)} enn i dag.",
    f"Av chattene som møter åpen kanal, blir {percent(answered[best])} besvart med lengre åpningstid, mot "
    f"{percent(answered[hands])} med én rådgiver til.",
    f"Er det {percent(BUSIER - 1)} flere som tar kontakt, gir lengre åpningstid svar på "
    f"{moved(over_hands(busy).change)} enn én rådgiver til. Koster en time overtid {COUNTED[DEARER]} ganger så mye, "
    f"blir det {moved(over_hands(dear).change)}.",
    sure=(
        worlds_sentence(made),
        f"Lengre åpningstid gir svar på flere i {in_worlds(over_hands(duel).share_of_worlds_better, made)}. "
        "Hva én til om kvelden er verdt, avhenger av hvor fullt det er fra før. Det er ikke publisert.",
    ),
)

# %% [markdown]
# ## Like mange kroner
#
# Alternativene koster omtrent like mye: chatten er åpen så lenge pengene til den ekstra rådgiveren rekker. Kvelds- og
# nattillegg, sosiale kostnader og fravær er med, så en time etter kl. 21 er dyrere enn en før. De som er på vakt når
# chatten stenger, gjør ferdig samtalene sine. Den overtiden er regnet med samme timepris som den ekstra rådgiverens
# vakt.

# %%
rows = []
for scenario, plan in zip([one_more, *plans], found.plans, strict=True):
    keys = (Key("staffed_hours"), OVERTIME, REACHED, Key("answered", "chat"))
    on_duty, overtime, reached, chats = (interval(found.get(plan, key).change) for key in keys)
    rows.append((found.titles[plan], on_duty, overtime, about(cost_nok(plan, scenario), "NOK"), reached, chats))
show(
    table(
        "Hva de samme kronene gir mer av i et forventet år enn tjenesten i 2024",
        ["Alternativ", "Timer på vakt", "Overtid", "Koster, med overtid", "Hjelpesøk som får svar", "Besvarte chatter"],
        rows,
        "5–95 % over mulige verdener. Hjelpesøk er personer, chatter er henvendelser.",
    )
)

# %%
picture(
    "samme-kroner",
    lambda: draw_intervals(
        [(found.titles[plan], found.get(plan, REACHED).change) for plan in found.plans],
        "Flere hjelpesøk som får svar for de samme kronene",
        "Hjelpesøk per år mer enn tjenesten i 2024. Streken er 5–95 % over mulige verdener.",
        stamp_of(now.title, now.name, made["fingerprint"], made["version"], "nb"),
        "nb",
    ),
    "Flere hjelpesøk som får svar for de samme kronene, ett intervall for hvert alternativ",
)

# %% [markdown]
# ## Hender eller timer, side om side
#
# Her er den ekstra rådgiveren grunnlaget. Det som skiller, er dermed bare hvordan de samme kronene brukes. Kostnaden i
# tabellen er vaktene alene.

# %%
show(compared.plan_table(duel, duel.plans[0], "nb"))

# %% [markdown]
# ## Hvem som får svar
#
# Lengre åpningstid gir svar til dem som før møtte stengt. En rådgiver til gir svar til dem som før ga opp i køen, og
# kortere ventetid for andre. Det er ikke de samme.

# %%
show(*(compared.contacts_table(found, found.contacts[found.plans.index(plan)], "nb") for plan in (hands, best)))

# %% [markdown]
# ## Det tallene ikke kan si

# %%
remarks(
    "Om én rådgiver kan stå alene på chat om natten: det er et spørsmål om forsvarlighet, ikke om kø.",
    "Om noen vil ha vakter som slutter midt på natten: kostnaden er regnet som om timene kan kjøpes enkeltvis.",
    *limits("nb"),
)

# %% [markdown]
# ## Hva som ville endret konklusjonen
#
# - **En kveld som er fullere enn vi tror.** Er det få på vakt og lange samtaler, mister flere svaret i køen, og en
#   rådgiver til gir mer. Det samme skjer om flere tar kontakt uten at bemanningen følger etter.
# - **Dyrere overtid.** Med lengre åpningstid gjør flere ferdig samtaler etter vakten. Jo mer det koster, desto
#   tidligere må chatten stenge for de samme kronene.
# - **Ventetid som mål.** Teller det mest at ingen venter lenge, er det ventetiden i tabellen over som avgjør.

# %%
closing_earlier = others[TWICE][0].plans[1]
tried = {"Som over": (found, (hands, best), duel)}
tried |= {name: (wide, wide.plans, narrow) for name, (wide, narrow) in others.items()}
rows = []
for name, (wide, two, narrow) in tried.items():
    figures = (*(wide.get(plan, REACHED).change for plan in two), over_hands(narrow).change)
    rows.append((name, *map(interval, figures), in_worlds(over_hands(narrow).share_of_worlds_better, made)))
show(
    table(
        "Flere hjelpesøk som får svar for de samme kronene, når noe er annerledes",
        ["Hva er annerledes", "Én rådgiver til", "Lengre åpningstid", "Timene mot rådgiveren", "Timene er best i"],
        rows,
        "5–95 % over mulige verdener, i et forventet år. Når flere tar kontakt, gjør de det på alle kanaler, med de "
        f"samme vaktene. Når overtiden er dyrere, er lengre åpningstid «{others[TWICE][0].titles[closing_earlier]}».",
    )
)

# %% [markdown]
# `simulator hours 2024-actual --budget +KRONER` leter blant mange flere åpningstider og vaktlag enn de tre her.

# %% [markdown]
# ## Slik er notatet laget

# %%
made_of(found.manifests)
