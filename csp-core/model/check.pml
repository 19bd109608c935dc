/* What must hold when nothing can happen any more, and what is offered at first. */

#define waits_here(n) \
  (direction[n] != NOBODY && !dead[OWNER(n)] && phase[OWNER(n)] == Open)

/* A member that may be switched off may be ready all the same. */
#ifdef OFF
#define misses(n) (armed && !notice[n])
#else
#define misses(n) armed
#endif

/* Runs when nobody else can: everybody is gone or waits for good. */
proctype Monitor() {
  byte a, b, c, i, z;
  bit ok;
  timeout ->
  d_step {
    c = 0;
    do
    :: c < CHANNELS ->
       assert(holder[c] == 0);
       /* Buffer, invariant 3; and who poisons leaves nothing. */
       assert(!LIMITED || handed_over[c] + len(returned[c]) <= 1);
       b = 0;
       do
       :: b < NODES && !(direction[b] == PUT && channel[b] == c && place[b] == Handed) -> b++
       :: else -> break
       od;
       assert(!LIMITED || handed_over[c] == (b < NODES));
       assert(!(ended[c] && discards[c] && holds_value(c)));
       c++
    :: else -> break
    od;
    a = 0;
    do
    :: a < TASKS ->
       if
       :: dead[a]
       :: !dead[a] && phase[a] == Listening ->
          /* Idle it keeps no waker; it waits with one that nobody has claimed. */
          assert((waker[a] == listens[a]) == armed);
          assert(armed || waker[a] == 0);
          assert(!token[a])
       :: !dead[a] && phase[a] != Listening && !is_frozen[a] ->
          /* Nothing was missed: A8, A10. */
          assert(phase[a] == Open);
          assert(!notified[a]);
          assert(waker[a] == listens[a]);
          assert(!token[a])
       :: !dead[a] && phase[a] != Listening && is_frozen[a] -> assert(phase[a] == Open || phase[a] == Done)
       fi;
       a++
    :: else -> break
    od;
    a = 0;
    do
    :: a < NODES ->
       c = channel[a];
       if
       :: waits_here(a) ->
          assert(linked[a]);
          /* State, invariants 4, 3 and 2. */
          assert(!ended[c] || (is_frozen[OWNER(a)] && notified[OWNER(a)]));
          assert(direction[a] == TAKE || len(storage[c]) == capacity(c));
          assert(direction[a] == PUT || !holds_value(c) || notified[OWNER(a)]);
          b = 0;
          do
          :: b < NODES ->
             if
             :: direction[a] == PUT && direction[b] == TAKE && channel[b] == c &&
                OWNER(b) != OWNER(a) && waits_here(b) ->
                /* State, invariant 1; A9, A19: the take was told, and nobody polls it. */
                assert(LIMITED && is_frozen[OWNER(b)] && notified[OWNER(b)])
             :: else
             fi;
             b++
          :: else -> break
          od;
          /* A9, A19: no put could hand over and has not been told. */
          if
          :: direction[a] == PUT && !is_frozen[OWNER(a)] && !ended[c] ->
             can_hand_over(c, OWNER(a), ok);
             assert(!ok)
          :: else
          fi
       :: !waits_here(a) && direction[a] == TAKE && phase[OWNER(a)] == Listening && !dead[OWNER(a)] ->
          /* An owner that waits has missed nothing. */
          assert(linked[a]);
          assert(!misses(a) || !ended[c] && !holds_value(c));
          b = 0;
          do
          :: b < NODES ->
             assert(!(misses(a) && direction[b] == PUT && channel[b] == c && waits_here(b)));
             b++
          :: else -> break
          od
       :: else -> assert(dead[OWNER(a)] || direction[a] == NOBODY || !linked[a] || is_frozen[OWNER(a)])
       fi;
       /* A6, A7: each value is in one place, and it is where that says. */
       if
       :: direction[a] == PUT ->
          if
          :: place[a] == WithPut -> assert(waits_here(a) || (!dead[OWNER(a)] && is_frozen[OWNER(a)])); assert(slot[a] == a + 1)
          :: place[a] == Handed ->
             ok = 0;
             b = 0;
             do
             :: b < NODES ->
                if
                :: direction[b] == TAKE && slot[b] == a + 1 ->
                   assert(is_frozen[OWNER(b)] && phase[OWNER(b)] == Done && channel[b] == c);
                   ok = 1
                :: else
                fi;
                b++
             :: else -> break
             od;
             assert(ok)
          :: place[a] == InChannel -> assert(storage[c]??[eval(a + 1)] || returned[c]??[_, eval(a + 1)])
          :: else
          fi
       :: else
       fi;
       a++
    :: else -> break
    od;
    a = 0; b = 0; c = 0; ok = 0
  }
}

#define offers(t, g, c, d) channel[NODE(t, g)] = c; direction[NODE(t, g)] = d

/* Which of `most` tasks has a plan: chosen by init. */
#define plan(which, most) \
  x = 0; \
  do \
  :: x < most -> \
     t = 0; do :: t < TASKS - 1 -> t++ :: break od; \
     if :: which[t] = 1 :: skip fi; \
     x++ \
  :: else -> break \
  od

init {
  byte t, x, y, code, last, n;
  atomic {
    n = 0;
    do :: n < NODES -> direction[n] = NOBODY; n++ :: else -> break od;
#if defined(RING)
    /* Each puts on its own channel, takes from the next, and has a third offer, in opposing order. */
    t = 0;
    do
    :: t < TASKS ->
       offers(t, 0, t % CHANNELS, PUT);
       offers(t, 1, (t + 1) % CHANNELS, TAKE);
#if GUARDS > 2
       channel[NODE(t, 2)] = (t + 2) % CHANNELS;
       if :: direction[NODE(t, 2)] = PUT :: direction[NODE(t, 2)] = TAKE fi;
#endif
       t++
    :: else -> break
    od;
#elif defined(ALTERNATIVE)
    offers(0, 0, 0, TAKE); offers(0, 1, CHANNELS - 1, TAKE);
    selections = ALTERNATIVE;
    t = 1;
    do
    :: t < TASKS ->
       x = last; do :: x < 3 -> x++ :: break od;
       last = x;
       if
       :: x < 2 -> offers(t, 0, x % CHANNELS, PUT)
       :: x == 2 -> offers(t, 0, 0, TAKE)
       :: else -> offers(t, 0, 0, PUT); offers(t, 1, CHANNELS - 1, PUT)
       fi;
       t++
    :: else -> break
    od;
#elif defined(PUTS)
    t = 0;
    do
    :: t < TASKS ->
       if
       :: t >= TAKES && t < TAKES + PUTS -> offers(t, 0, 0, PUT)
       :: t >= TASKS - LATE_PUTS -> offers(t, 0, 0, PUT)
#if BOTH
       :: t >= TAKES + PUTS && t < TAKES + PUTS + BOTH ->
          offers(t, 0, 0, PUT); offers(t, 1, 0, TAKE)
#endif
       :: else -> offers(t, 0, 0, TAKE)
       fi;
       t++
    :: else -> break
    od;
#elif defined(FORK)
    /* A choice that is met on both channels, one of them with another put behind it. */
    offers(0, 0, 0, PUT); offers(0, 1, 1, PUT);
    offers(1, 0, 0, PUT);
    offers(2, 0, 1, TAKE);
    offers(3, 0, 0, TAKE);
#elif defined(CROSSED)
    /* A choice, of task 2, that is told on channel 0 while it is claimed on channel 1. */
    offers(0, 0, 0, TAKE);
    offers(1, 0, 0, PUT);
    offers(2, 0, 0, TAKE); offers(2, 1, 1, TAKE);
    offers(3, 0, 0, PUT);
    offers(4, 0, 1, PUT);
#else
    t = 0;
    do
    :: t < TASKS ->
       /* An offer is 2 * channel + direction; y may be none. Tasks are interchangeable. */
       x = 0; do :: x < 2 * CHANNELS - 1 -> x++ :: break od;
#ifdef SINGLES
       y = 2 * CHANNELS;
#else
       y = x; do :: y < 2 * CHANNELS -> y++ :: break od;
#endif
       code = x * (2 * CHANNELS + 1) + y;
       if :: code >= last -> last = code :: else -> goto cut fi;
       offers(t, 0, x / 2, x % 2);
       if :: y < 2 * CHANNELS -> offers(t, 1, y / 2, y % 2) :: else fi;
       t++
    :: else -> break
    od;
#endif
    n = 0;
    do
    :: n < NODES ->
       if :: direction[n] == PUT -> slot[n] = n + 1 :: else fi;
       if :: direction[n] != NOBODY -> uses[OWNER(n)] = uses[OWNER(n)] | (1 << key(channel[n])) :: else fi;
       n++
    :: else -> break
    od;
    t = 0;
    do
    :: t < TASKS ->
       listens[t] = 1;
       plain[t] = (GUARDS == 1 || direction[NODE(t, 1)] == NOBODY);
       sole[t] = (uses[t] == 1 || uses[t] == 2 || uses[t] == 4 || uses[t] == 8);
       t++
    :: else -> break
    od;
    plan(may_drop, DROPS);
    plan(may_move, MOVES);
    plan(may_expire, EXPIRES);
    t = 0; do :: t < TASKS -> may_expire[t] = may_expire[t] && !plain[t]; t++ :: else -> break od;
    plan(is_frozen, FROZEN);
    t = 0;
    do
    :: t < TASKS ->
       if :: (DROPPED >> t) & 1 -> may_drop[t] = 1 :: else fi;
       if :: (NEVER_POLLED >> t) & 1 -> is_frozen[t] = 1 :: else fi;
       t++
    :: else -> break
    od;
    t = 0;
#ifdef ALTERNATIVE
    run Alternative(t);
    t++;
#endif
    do :: t < TASKS -> run Task(t); t++ :: else -> break od;
    x = 0;
    do
    :: x < ENDS ->
       y = 0; do :: y < CHANNELS - 1 -> y++ :: break od;
       if :: run Closer(y, 0) :: run Closer(y, 1) :: skip fi;
       x++
    :: else -> break
    od;
    run Monitor();
    t = 0; x = 0; y = 0; code = 0; last = 0; n = 0;
    started = 1
  };
cut:
  skip
}
