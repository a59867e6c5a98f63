"""The yardstick of speed: SimPy as its guide teaches it, a process per contact and `request` or `timeout`.

M/M/20+M, 18 contacts an hour, one hour each, patience a quarter of an hour: about 35 100 contacts in 1 950 hours.
"""

import random
import time

import simpy

RATE_PER_HOUR, WORK_H, PATIENCE_H, SERVERS, HOURS = 18.0, 1.0, 0.25, 20, 1950.0


def contacts_per_second(seed: int = 1) -> float:
    """Contacts simulated per second of this machine."""
    rng = random.Random(seed)
    env = simpy.Environment()
    pool = simpy.Resource(env, SERVERS)
    abandoned = 0

    def contact() -> simpy.events.ProcessGenerator:
        nonlocal abandoned
        with pool.request() as request:
            result = yield request | env.timeout(rng.expovariate(1 / PATIENCE_H))
            if request in result:
                yield env.timeout(rng.expovariate(1 / WORK_H))
            else:
                abandoned += 1

    def source() -> simpy.events.ProcessGenerator:
        nonlocal count
        while True:
            yield env.timeout(rng.expovariate(RATE_PER_HOUR))
            count += 1
            env.process(contact())

    count = 0
    env.process(source())
    start = time.perf_counter()
    env.run(until=HOURS)
    return count / (time.perf_counter() - start)
