# SPDX-License-Identifier: Apache-2.0
"""Made-up series of wake-ups: beats of many kinds, and what people and programs do without one.

Each function gets a random generator and the length of the watch in seconds and returns times in seconds; a beat
returns its period, its jitter (None where one number does not say it) and its times.
"""
import math
import random

HOUR = 3600.0
DAY = 24 * HOUR
WATCHES = {"1h": HOUR, "6h": 6 * HOUR, "24h": DAY, "7d": 7 * DAY}
TIMES_MAX = 6000


def between(dice, low, high):
    """Evenly on a logarithmic scale."""
    return low * (high / low) ** dice.random()


def delay(dice):
    """Name look-up, handshake, scheduler."""
    return dice.gammavariate(1.5, 0.08)


def sleeps(dice, watch, length, start=None):
    """A loop of sleeps: what one is off, all later ones are."""
    at = dice.random() * length() if start is None else start
    times = []
    while at < watch and len(times) < TIMES_MAX:
        times.append(at + delay(dice))
        at += max(0.2, length())
    return times


def even(dice, period, jitter):
    return lambda: period * (1 + jitter * (2 * dice.random() - 1))


def period_for(dice, watch, beats=6, least=25.0):
    return between(dice, least, max(least * 1.05, min(6 * HOUR, watch / beats)))


# ---- beats

def steady(dice, watch):
    period = period_for(dice, watch)
    return period, 0, sleeps(dice, watch, lambda: period)


def timer(dice, watch):
    """Every tick is off on its own: /etc/cron.d, a scheduled task."""
    period, off = period_for(dice, watch), dice.choice([0, 1, 10])
    start = dice.random() * period
    count = min(TIMES_MAX, int((watch - start) / period) + 1)
    return period, None, [start + i * period + min(off, period / 10) * dice.random() + delay(dice) for i in range(count)]


def even_jitter(dice, watch):
    period, jitter = period_for(dice, watch), dice.uniform(0.03, 0.5)
    return period, jitter, sleeps(dice, watch, even(dice, period, jitter))


def bell_jitter(dice, watch):
    period, sigma = period_for(dice, watch), dice.uniform(0.02, 0.22)
    return period, None, sleeps(dice, watch, lambda: period * max(0.1, dice.gauss(1, sigma)))


def shortened(dice, watch):
    """Sleeps cut short by up to a share, as implants do; the period is the mean."""
    longest, share = period_for(dice, watch), dice.choice([0.15, 0.25, 0.4, 0.6])
    mean = longest * (1 - share / 2)
    return mean, share / 2 / (1 - share / 2), sleeps(dice, watch, lambda: longest * (1 - share * dice.random()))


def missed(dice, watch):
    period, jitter, loss = period_for(dice, watch, 9), dice.uniform(0, 0.12), dice.uniform(0.05, 0.4)
    return period, jitter, [t for t in sleeps(dice, watch, even(dice, period, jitter)) if dice.random() > loss]


def nights(dice, watch):
    """A laptop: up for 7 to 11 h a day, not every day."""
    period, jitter = period_for(dice, min(watch, 8 * HOUR), 7), dice.uniform(0, 0.25)
    times, morning = [], dice.uniform(-6, 6) * HOUR
    while morning < watch:
        evening = morning + dice.uniform(7, 11) * HOUR
        if dice.random() > 0.1:
            start = max(0, morning) + dice.random() * min(period, 90)
            times += sleeps(dice, min(evening, watch), even(dice, period, jitter), start)
        morning += DAY + dice.gauss(0, 0.7) * HOUR
    return period, jitter, times


def restarts(dice, watch):
    period, jitter = period_for(dice, watch, 9), dice.uniform(0, 0.15)
    cuts = sorted(dice.random() * watch for _ in range(dice.randint(1, 5))) + [watch]
    times, start = [], 0.0
    for cut in cuts:
        times += sleeps(dice, cut, even(dice, period, jitter), start + dice.random() * period)
        start = cut
    return period, jitter, times


def interleaved(dice, watch):
    """Two programs, one server.  Either period is right."""
    period, jitter = period_for(dice, watch, 10), dice.uniform(0, 0.08)
    other = period * dice.uniform(1.25, 6)
    times = sleeps(dice, watch, even(dice, period, jitter)) + sleeps(dice, watch, even(dice, other, jitter))
    return (period, other), jitter, times


def bursts(dice, watch):
    """Several connections a beat, fractions of a second to ten seconds apart."""
    period, jitter = period_for(dice, watch, 6, 70.0), dice.uniform(0, 0.25)
    pace, size, times = dice.choice([0.1, 1.0, 2.5]), dice.randint(2, 5), []
    for at in sleeps(dice, watch, even(dice, period, jitter)):
        for _ in range(size):
            times.append(at)
            at += dice.expovariate(1 / pace)
    return period, jitter, times


def slow_bursts(dice, watch):
    """An update check of a few connections 10 to 40 s apart."""
    period, jitter = period_for(dice, watch, 6, min(watch / 7, 20 * 60)), dice.uniform(0, 0.1)
    times = []
    for at in sleeps(dice, watch, even(dice, period, jitter)):
        for _ in range(dice.randint(2, 4)):
            times.append(at)
            at += dice.uniform(10, 40)
    return period, jitter, times


def drifting(dice, watch):
    period, total, jitter = period_for(dice, watch, 8), dice.choice([-1, 1]) * dice.uniform(0.2, 0.8), dice.uniform(0, 0.05)
    at, times = dice.random() * period, []
    while at < watch and len(times) < TIMES_MAX:
        times.append(at + delay(dice))
        at += period * (1 + total * at / watch) * (1 + jitter * (2 * dice.random() - 1))
    mean = (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else period
    return mean, None, times


def shared(dice, watch):
    """A person uses the same server: 10 to 80 % more connections."""
    period, jitter = period_for(dice, watch, 9), dice.uniform(0, 0.15)
    beat, person = sleeps(dice, watch, even(dice, period, jitter)), visits(dice, watch)
    dice.shuffle(person)
    return period, jitter, beat + person[:int(len(beat) * dice.uniform(0.1, 0.8))]


def daily(dice, watch):
    """One update check a day, hours early or late; needs a week."""
    if watch < 7 * DAY:
        return steady(dice, watch)
    jitter = dice.uniform(0, 2.5) * HOUR
    start = dice.uniform(3, 20) * HOUR
    return DAY, None, [start + i * DAY + dice.uniform(-jitter, jitter) for i in range(7)]


def stepped(dice, watch):
    """The sensor's clock jumps forward once or twice."""
    period, jitter = period_for(dice, watch, 9), dice.uniform(0, 0.2)
    times = sleeps(dice, watch, even(dice, period, jitter))
    for _ in range(dice.randint(1, 2)):
        step, jump = dice.randrange(len(times)), dice.uniform(0.3, 30) * period
        times = times[:step] + [t + jump for t in times[step:]]
    return period, jitter, times


def mixed(dice, watch):
    """Jitter, lost beats and nights together."""
    period, jitter, times = nights(dice, watch)
    return period, jitter, [t for t in times if dice.random() > 0.15]


# ---- no beats

def renewal(dice, watch, length):
    """Random intervals around a scale that gives 6 to 500 of them."""
    scale = watch / between(dice, 6, 500)
    return sleeps(dice, watch, lambda: scale * length())


def poisson(dice, watch):
    return renewal(dice, watch, lambda: dice.expovariate(1))


def gamma(dice, watch):
    shape = between(dice, 0.25, 4)                       # CV 2 to 0.5
    return renewal(dice, watch, lambda: dice.gammavariate(shape, 1 / shape))


def weibull(dice, watch):
    shape = between(dice, 0.55, 2.1)                     # CV 2 to 0.5
    return renewal(dice, watch, lambda: dice.weibullvariate(1, shape))


def dead_time(dice, watch):
    """A cache or a rate limit holds the next call back."""
    tail = between(dice, 0.8, 4)
    return renewal(dice, watch, lambda: (1 + dice.expovariate(1 / tail)) / (1 + tail))


def dead_time_heavy(dice, watch):
    tail, sigma = between(dice, 0.6, 3), dice.uniform(0.8, 1.5)
    return renewal(dice, watch, lambda: (1 + tail * dice.lognormvariate(0, sigma)) / (1 + tail))


def heavy_tail(dice, watch):
    index = dice.uniform(0.7, 1.6)
    return renewal(dice, watch, lambda: 0.3 * min(1000, dice.paretovariate(index)))


def visits(dice, watch):
    """Sessions of a person: log-normal within, log-normal between."""
    times, at = [], dice.random() * watch * 0.1
    inside, between_visits = between(dice, 3, 100), between(dice, watch / 50, watch / 4)
    while at < watch and len(times) < TIMES_MAX:
        for _ in range(1 + int(dice.expovariate(1 / dice.uniform(2, 20)))):
            times.append(at)
            at += inside * dice.lognormvariate(0, 1.2)
        at += between_visits * dice.lognormvariate(0, 1)
    return times


def hawkes(dice, watch):
    """Each connection makes the next ones likelier for a while."""
    branching, memory = dice.uniform(0.3, 0.85), between(dice, 20, 900)
    queue = renewal(dice, watch, lambda: dice.expovariate(1))[:400]
    times = []
    while queue and len(times) < 1500:
        at = queue.pop()
        times.append(at)
        children = 0
        while dice.random() < branching / (1 + branching) and children < 20:
            queue.append(at + dice.expovariate(1 / memory))
            children += 1
    return times


def people(dice, watch):
    """Several people behind one address."""
    times = []
    for _ in range(dice.randint(2, 5)):
        times += visits(dice, watch)
    return times


def back_off(dice, watch):
    """Retries that double their wait and give up; new work comes at random."""
    times, at, first = [], dice.random() * watch / 10, between(dice, 2, 40)
    idle = watch / between(dice, 4, 40)
    while at < watch and len(times) < TIMES_MAX:
        wait = first
        for _ in range(dice.randint(2, 7)):
            times.append(at)
            at += wait * dice.uniform(0.7, 1.3)
            wait *= 2
        at += dice.expovariate(1 / idle)
    return times


def office_day(dice, watch):
    """Working hours with meetings and lunch, a rate in between."""
    times, start = [], dice.uniform(0, 24) * HOUR
    rate = between(dice, 1, 30) / HOUR
    for day in range(-1, int(watch / DAY) + 2):
        at = day * DAY + dice.gauss(8.5, 0.4) * HOUR - start
        end = at + dice.gauss(9, 0.6) * HOUR
        while at < end:
            if dice.random() < 0.06:
                at += dice.uniform(0.4, 1.2) * HOUR
            times.append(at)
            at += dice.expovariate(rate)
    return times


def whole_hours(dice, watch):
    """Meetings begin at whole and half hours; a call or two near some of them."""
    times, start, often, off = [], dice.uniform(0, HOUR), dice.uniform(0.15, 0.5), dice.uniform(120, 500)
    for slot in range(int(watch / HOUR * 2)):
        hour = (slot / 2 + start / HOUR) % 24
        if 8 <= hour <= 18 and dice.random() < often:
            for _ in range(dice.randint(1, 2)):
                times.append(slot * HOUR / 2 + dice.gauss(0, off))
    return times


def habits(dice, watch):
    """The same few hours of each day, give or take."""
    times, hours = [], [dice.uniform(7, 22) for _ in range(dice.randint(2, 6))]
    off, start = dice.uniform(0.2, 1) * HOUR, dice.uniform(0, 24) * HOUR
    for day in range(int(watch / DAY) + 2):
        for hour in hours:
            at = day * DAY + hour * HOUR - start + dice.gauss(0, off)
            for _ in range(dice.randint(1, 4) if dice.random() < 0.8 else 0):
                times.append(at)
                at += dice.lognormvariate(2.5, 1.2)
    return times


def day_and_night(dice, watch):
    """A rate that follows the hour of the day."""
    most, peak, start = between(dice, 20, 800) / watch, dice.uniform(9, 20), dice.uniform(0, 24)
    times, at = [], 0.0
    while at < watch and len(times) < TIMES_MAX:
        at += dice.expovariate(3 * most)
        if dice.random() < max(0.02, math.cos((start + at / HOUR - peak) * math.pi / 12)) ** 2:
            times.append(at)
    return times


def streams(dice, watch):
    """Parts of a film every few seconds, stalls, seeks."""
    times, at = [], dice.random() * min(watch, HOUR) / 3
    while at < watch and len(times) < TIMES_MAX:
        end, part = at + between(dice, 200, 2 * HOUR), dice.choice([2, 3, 5, 8])
        while at < end and len(times) < TIMES_MAX:
            times.append(at)
            at += part * dice.choice([1, 1, 1, 2]) * max(0.05, dice.gauss(1, 0.25))
            if dice.random() < 0.03:
                at += dice.expovariate(1 / 60)
        at += between(dice, 300, 8 * HOUR)
    return times


def pages(dice, watch):
    """A click opens many connections, then a person reads."""
    times, at, reading = [], dice.random() * watch / 10, between(dice, 6, 150)
    while at < watch and len(times) < TIMES_MAX:
        for _ in range(int(1 + dice.expovariate(1 / 12))):
            times += [at + dice.random() * 2 for _ in range(dice.randint(1, 9))]
            at += 2 + reading * dice.lognormvariate(0, 0.9)
        at += between(dice, 300, max(600, watch / 3))
    return times


BEATS = [steady, timer, even_jitter, bell_jitter, shortened, missed, nights, restarts, interleaved, bursts,
         slow_bursts, drifting, shared, daily, stepped, mixed]
CHANCE = [poisson, gamma, weibull, dead_time, dead_time_heavy, heavy_tail, visits, hawkes, people, back_off,
          office_day, whole_hours, habits, day_and_night, streams, pages]


def make(kind, watch_name, seed):
    """One series: (period or periods or 0, jitter or None, sorted times of at least 4 different seconds).

    None where this kind is too rare for so short a watch.
    """
    watch = WATCHES[watch_name]
    for attempt in range(60):
        dice = random.Random(f"{kind.__name__} {watch_name} {seed} {attempt}")
        made = kind(dice, watch)
        period, jitter, times = made if kind in BEATS else (0, None, made)
        end = watch * 8 if kind is stepped else watch
        times = sorted(t for t in times if 0 <= t < end)
        if len({int(t) for t in times}) >= 4:
            return period, jitter, times
    return None
