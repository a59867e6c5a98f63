"""One year in machine code, or parts of it: the one door from Python to compiled code."""

from simulator.service.compiled.counting import count_all
from simulator.service.compiled.drawing import draw_all
from simulator.service.compiled.layouts import (
    COUNT,
    DONE,
    DRAW,
    SERVE,
    open_counts,
    open_demand,
    open_people,
    open_rules,
    open_state,
)
from simulator.service.compiled.machine import entry
from simulator.service.compiled.running import serve_all


@entry
def year(demand, rules, people, state, counts, parts, most_steps):
    """Do the parts of a year that are asked for (`DRAW` + `SERVE` + `COUNT`); how it ended.

    Parameters
    ----------
    demand, rules, people, state, counts
        Words of records of the layouts of the same names.
    parts
        Sum of the parts.
    most_steps
        More events than this are a defect.
    """
    r, p, s = open_rules(rules), open_people(people), open_state(state)
    end = DONE
    if parts & DRAW:
        end = draw_all(open_demand(demand), p, s)
    if end == DONE and parts & SERVE:
        end = serve_all(r, p, s, most_steps)
    if end == DONE and parts & COUNT:
        count_all(r, p, s, open_counts(counts))
    return end
