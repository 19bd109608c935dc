/* The word of a choice, wait lists, wakers and locks: choice.rs, wait_list.rs, wait_list/node.rs.
 *
 * Each numbered arrow of choice.rs is one store or compare-and-swap here, with a step of the others
 * possible before and after it. What nobody else can see meanwhile is one step.
 */

/* Phase */
#define New       0
#define Open      1
#define Claimed   2
#define Done      3
#define Cancelled 4
#define Finished  5
/* Told, and never claimed: the members of an alternative. */
#define Listening 6

/* Outcome */
#define None    0
#define Moved   1
#define Refused 2
/* A guard without a channel was chosen; it has no word. */
#define Foreign 3

#define PUT  0
#define TAKE 1

#define NOBODY   31
#define STRANGER 30

/* The guards of a task are its nodes; a task is a party. */
#define NODES     (TASKS * GUARDS)
#define OWNER(n)  ((n) / GUARDS)
#define BRANCH(n) ((n) % GUARDS)
#define NODE(t,k) ((t) * GUARDS + (k))

/* What is offered, chosen by init; a direction of NOBODY is no offer. */
byte channel[NODES];
byte direction[NODES];
byte uses[TASKS];
bit  plain[TASKS];

/* Choice; for a plain operation, the word and waker of its node. `sole` never changes. */
byte phase[TASKS];
bit  notified[TASKS];
bit  sole[TASKS];
byte winner[TASKS];
byte outcome[TASKS];
byte waker[TASKS];

/* Node: the slot of put n holds value n + 1 */
byte slot[NODES];
byte number[NODES];
bit  linked[NODES];

/* Of members: the notice of each, and the word of their marks. */
bit  notice[NODES];
chan marked = [NODES] of { byte };
bit  armed;
byte claimer = NOBODY;

/* Set when the future is freed: nobody may touch its nodes or its choice from then on. */
bit  dead[TASKS];

/* Set by init when everything is chosen. */
bit started;

/* The environment: the waker that the executor listens to, and whether it was called. */
byte listens[TASKS];
bit  token[TASKS];

/* The wait lists of a channel, 2c and 2c + 1, oldest first. */
#define puts(c)  (2 * (c) + PUT)
#define takes(c) (2 * (c) + TAKE)
#define list_of(n) (2 * channel[n] + direction[n])
#define at(l,p)  waiting[(l) * NODES + (p)]
byte waiting[2 * CHANNELS * NODES];
byte count[2 * CHANNELS];

#ifdef ONE_LOCK
#define key(c) 0
#else
#define key(c) (c)
#endif
byte holder[CHANNELS];

#define is_free(c)   (holder[key(c)] == 0)
#define is_ours(c)   (holder[key(c)] == _pid + 1)
#define acquire(c)   assert(is_free(c)); holder[key(c)] = _pid + 1
#define release(c)   assert(is_ours(c)); holder[key(c)] = 0

inline lock(c)   { d_step { is_free(c) -> acquire(c) } }
inline unlock(c) { d_step { release(c) } }

#define uses_lock(t,l) ((uses[t] >> (l)) & 1)

#ifdef locks_are_taken_in_no_order
#define in_order(t,p) ((t) % 2 -> CHANNELS - 1 - (p) : (p))
#else
#define in_order(t,p) (p)
#endif

/* lock_order.rs: ascending, each lock once, one step for each. */
inline lock_all(t) {
  d_step { k = 0; do :: k < CHANNELS && !uses_lock(t, in_order(t, k)) -> k++ :: else -> break od };
  do
  :: d_step {
       k < CHANNELS && holder[in_order(t, k)] == 0 ->
       holder[in_order(t, k)] = _pid + 1;
       k++;
       do :: k < CHANNELS && !uses_lock(t, in_order(t, k)) -> k++ :: else -> break od
     }
  :: k == CHANNELS -> k = 0; break
  od
}

/* Within a step. Whoever frees several locks does nothing in between. */
inline release_all(t) {
  k = 0;
  do
  :: k < CHANNELS ->
     if :: uses_lock(t, k) -> assert(holder[k] == _pid + 1); holder[k] = 0 :: else fi;
     k++
  :: else -> break
  od;
  k = 0
}

/* Within a step: publish, one node. */
inline link(n) {
  assert(!linked[n]);
  at(list_of(n), count[list_of(n)]) = n;
  count[list_of(n)]++;
  linked[n] = 1
}

/* Within a step. */
inline remove(l, p) {
  linked[at(l, p)] = 0;
  count[l]--;
  do
  :: p < count[l] -> at(l, p) = at(l, p + 1); p++
  :: else -> break
  od;
  at(l, p) = 0;
  p = 0
}

/* Within a step; the lock is held. */
inline unlink(n) {
  assert(is_ours(channel[n]));
  if
  :: linked[n] ->
     i = 0;
     do :: at(list_of(n), i) != n -> i++ :: else -> break od;
     remove(list_of(n), i)
  :: else
  fi
}

#ifdef a_choice_meets_itself
#define is_party(n, me) 0
#else
#define is_party(n, me) (OWNER(n) == (me))
#endif

/* Within a step: the first party in a list that is open and not `me`. */
inline first_open(l, me, found) {
  found = NOBODY;
  i = 0;
  do
  :: i < count[l] && found == NOBODY ->
     assert(!dead[OWNER(at(l, i))]);
     if :: !is_party(at(l, i), me) && phase[OWNER(at(l, i))] == Open -> found = OWNER(at(l, i))
        :: else
     fi;
     i++
  :: else -> break
  od;
  i = 0
}

/* Within a step: whether somebody who is neither `me` nor `but` waits there before `me`. */
inline is_open_before(l, me, but, found) {
  found = 0;
  i = 0;
  do
  :: i < count[l] && OWNER(at(l, i)) != me ->
     assert(!dead[OWNER(at(l, i))]);
     if :: OWNER(at(l, i)) != but && phase[OWNER(at(l, i))] == Open -> found = 1; break
        :: else -> i++
     fi
  :: else -> break
  od;
  i = 0
}

#ifdef the_word_is_not_looked_at
#define may_claim(t) 1
#else
#define may_claim(t) (phase[t] == Open)
#endif

/* What a plain store decides is decided by a load and a store, here two steps. */
#ifdef a_claim_is_a_load_and_a_store
#define is_stored(t) 1
#else
#define is_stored(t) sole[t]
#endif

inline store_claim(n) { phase[OWNER(n)] = Claimed; winner[OWNER(n)] = BRANCH(n) }

/* Arrow 4: m, or NOBODY. The dead leave on the way, and stay dead: one step shows all outcomes.
 * Of a sole word this is the load. */
inline claim_first(l, me) {
  d_step {
    m = NOBODY;
    i = 0;
    do
    :: i < count[l] && m == NOBODY ->
       x = at(l, i);
       assert(!dead[OWNER(x)]);
       if
       :: is_party(x, me) || phase[OWNER(x)] == Listening -> i++
       :: else ->
          y = i;
          remove(l, y);
          if
          :: may_claim(OWNER(x)) ->
             m = x;
             if :: !is_stored(OWNER(m)) -> store_claim(m) :: else fi
          :: else ->
#ifdef a_dead_head_stops_the_search
             break
#else
             skip
#endif
          fi
       fi
    :: else -> break
    od;
    i = 0; x = 0; y = 0
  }
}

/* Within a step, and the first in it after claim_first: the store of a sole word. */
inline claimed() { if :: is_stored(OWNER(m)) -> store_claim(m) :: else fi }

/* Within a step: moves the waker of party p out, to be called after the lock. */
inline move_waker(p) {
  assert(!dead[p]);
  assert(waker[p] != 0);
  assert(woken == NOBODY);
  woken = p;
  by = waker[p];
  waker[p] = 0
}

/* Within a step, the value having moved. */
inline claim_waker(sequence) {
  assert(!dead[OWNER(m)]);
  if :: !notified[OWNER(m)] -> move_waker(OWNER(m)) :: else fi;
  number[m] = sequence
}

/* Within a step. */
inline store_done(p, how) {
  assert(!dead[p]);
  outcome[p] = how;
  notified[p] = 0;
  phase[p] = Done
}

/* Arrow 5, the value having moved. */
inline complete(sequence, how) {
#ifdef done_comes_before_the_waker
  d_step { assert(!dead[OWNER(m)]); ok = notified[OWNER(m)]; store_done(OWNER(m), how) };
  d_step { assert(!dead[OWNER(m)]); if :: !ok -> move_waker(OWNER(m)) :: else fi; number[m] = sequence; ok = 0 };
  m = NOBODY
#elif defined(done_comes_after_the_lock) || defined(done_comes_after_the_wake)
  d_step { claim_waker(sequence); late = OWNER(m); how_late = how; m = NOBODY }
#else
  d_step { claim_waker(sequence) };
  d_step { store_done(OWNER(m), how); m = NOBODY }
#endif
}

/* Calls the waker that was moved out; no lock is held. */
#ifdef done_comes_after_the_lock
#define may_wake (woken != NOBODY && late == NOBODY)
#define may_say_done (late != NOBODY)
#else
#define may_wake (woken != NOBODY)
#define may_say_done (late != NOBODY && woken == NOBODY)
#endif
#define has_woken (woken == NOBODY && late == NOBODY)

inline wake() {
  d_step {
    assert(by != 0);
    if :: by == listens[woken] -> token[woken] = 1 :: else fi;
    woken = NOBODY;
    by = 0
  }
}

/* Never but in the two breakages that are late with it. */
inline say_done() { d_step { store_done(late, how_late); late = NOBODY; how_late = None } }

/* Arrow 3, the compare-and-swap; `ok` if the word was open, and `was` whether it was notified. */
inline cancel(t) {
#ifdef a_drop_cancels_without_a_look
  d_step { ok = 1; was = notified[t]; phase[t] = Cancelled; notified[t] = 0 }
#else
  d_step {
    ok = (phase[t] == Open);
    was = notified[t];
    if :: ok && !is_stored(t) -> phase[t] = Cancelled; notified[t] = 0 :: else fi
  };
  if
  :: ok && is_stored(t) -> d_step { phase[t] = Cancelled; notified[t] = 0 }
  :: else
  fi
#endif
}
