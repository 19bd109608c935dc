/* The state of a channel under its lock, and its transitions: channel/state.rs, channel/port.rs,
 * and the places for values that come back: buffer.rs (OnePlace), buffer/any.rs (AnyPlaces).
 */

#ifdef ANY_PLACES
#define LIMITED 0
#else
#define LIMITED 1
#endif

/* CAPACITY: which channels have a buffer of one value, a bit for each; the others are rendezvous. */
#define capacity(c) ((CAPACITY >> (c)) & 1)

bit ended[CHANNELS];
bit discards[CHANNELS];
bit poisoned[CHANNELS];
chan storage[CHANNELS] = [1] of { byte };

/* Places: values that came back with the numbers of their hand-overs, sorted by these. */
chan returned[CHANNELS] = [NODES] of { byte, byte };
bit  handed_over[CHANNELS];
byte next[CHANNELS];

/* Rest, what a task has left to do when the lock is free. */
#define Nothing   0
#define TellTakes 1
#define TellPuts  2

/* Where each value is, known to the assertions only; the code has no such thing. */
#define WithPut   0
#define InChannel 1
#define Handed    2
#define Taken     3
#define Discarded 4
#define GivenBack 5
byte place[NODES];

/* In which order the values of a channel were accepted, likewise. */
byte accepted[NODES];
byte acceptances[CHANNELS];

#define value_at(v) place[(v) - 1]

/* Within a step: exactly once, and only ever from where it was. */
inline moves(v, from, to) {
  assert(v != 0);
  assert(value_at(v) == from);
  value_at(v) = to;
  if
  :: to == Taken || to == Discarded || to == GivenBack -> accepted[(v) - 1] = 0
  :: else
  fi
}

/* Within a step. */
inline accept(n, to) {
  moves(n + 1, WithPut, to);
  if
  :: to != Taken -> acceptances[channel[n]]++; accepted[n] = acceptances[channel[n]]
  :: else
  fi
}

/* Within a step: put n, which has come to put, overtakes no other that waits before it. A11. */
inline is_first(n, taker) {
  is_open_before(puts(channel[n]), OWNER(n), taker, ok);
  assert(!ok)
}

/* Within a step: value v goes to a taker. A6, A11: nothing that lies in the channel is older. */
inline is_oldest(c, v) {
  i = 0;
  do
  :: i < NODES ->
     assert(!(direction[i] == PUT && channel[i] == c && place[i] == InChannel && i != (v) - 1 &&
              (accepted[(v) - 1] == 0 || accepted[i] < accepted[(v) - 1])));
     i++
  :: else -> break
  od;
  i = 0
}

#define holds_value(c) (len(storage[c]) + len(returned[c]) > 0)
#define has_storage(c) (len(storage[c]) < capacity(c))

#ifdef a_hand_over_has_no_place
#define has_place(c) 1
#else
#define has_place(c) (!LIMITED || (!handed_over[c] && len(returned[c]) == 0))
#endif

#ifdef a_put_overtakes_what_is_there
#define nothing_older(c) 1
#else
#define nothing_older(c) (!holds_value(c))
#endif

/* Within a step. */
inline can_hand_over(c, me, can) {
  can = 0;
  if
  :: count[takes(c)] > 0 && has_place(c) && nothing_older(c) ->
     first_open(takes(c), me, z);
     if
     :: z != NOBODY ->
#ifdef a_later_put_is_handed_over_first
        can = 1
#else
        if
        :: LIMITED -> is_open_before(puts(c), me, z, can); can = !can
        :: else -> can = 1
        fi
#endif
     :: else
     fi
  :: else
  fi;
  z = 0
}

/* Within a step: reserve, for the next hand-over. */
#define reserve(c) handed_over[c] = LIMITED; next[c] = (LIMITED -> 0 : next[c] + 1)

/* Within a step: a place is free again, though not of a value that is still to come. */
#ifdef a_collected_place_stays_taken
#define release_place(c) skip
#else
#define release_place(c) handed_over[c] = 0
#endif

/* Within a step. */
inline let_puts_go(c) {
#ifdef room_again_is_not_told
  skip
#else
  if :: LIMITED && count[puts(c)] > 0 && count[takes(c)] > 0 -> rest = TellPuts :: else fi
#endif
}

inline place_is_free(c, collected) {
  if :: collected -> release_place(c) :: else fi;
  let_puts_go(c)
}

/* Within a step: D::leaves. */
inline leaves(n) {
#ifdef a_take_that_leaves_passes_nothing_on
  if :: direction[n] == PUT || !plain[OWNER(n)] -> place_is_free(channel[n], 0) :: else fi
#else
  place_is_free(channel[n], 0)
#endif
}

/* Within a step: WaitList::mark; whether an owner has to be woken. */
inline mark(c, tell) {
  i = 0;
  do
  :: i < count[takes(c)] ->
     if
     :: phase[OWNER(at(takes(c), i))] == Listening ->
        assert(!dead[OWNER(at(takes(c), i))]);
        if
        :: !notice[at(takes(c), i)] ->
           notice[at(takes(c), i)] = 1;
#ifdef a_member_is_told_and_not_marked
           tell = armed
#else
           marked!at(takes(c), i)
#endif
        :: else
        fi;
        if :: armed && len(marked) > 0 -> tell = 1 :: else fi
     :: else
     fi;
     i++
  :: else -> break
  od;
  i = 0
}

/* Within a step: put_waits; whether some take but `me` has not been told yet. */
inline put_waits(c, me, tell) {
#ifndef a_mark_comes_after_the_lock
  mark(c, tell);
#endif
  i = 0;
  do
  :: i < count[takes(c)] ->
     if
     :: OWNER(at(takes(c), i)) != me && phase[OWNER(at(takes(c), i))] == Open &&
        !notified[OWNER(at(takes(c), i))] -> tell = 1; break
     :: else -> i++
     fi
  :: else -> break
  od;
  i = 0
}

/* Transitions::put, of node n: `st` is its outcome. */
inline put(n, c, me) {
  d_step {
    st = None; m = NOBODY; ok = 0;
    if :: ended[c] -> st = Refused :: else -> can_hand_over(c, me, ok) fi
  };
  if :: ok -> ok = 0; claim_first(takes(c), me) :: else fi;
  if
  :: m != NOBODY ->
     d_step {
       claimed();
       is_first(n, OWNER(m));
       accept(n, Handed);
       is_oldest(c, n + 1);
       assert(slot[m] == 0);
       slot[m] = slot[n]; slot[n] = 0;
       reserve(c);
       st = Moved
     };
     complete(next[c], Moved)
  :: m == NOBODY && st == None && has_storage(c) ->
     d_step {
       is_first(n, STRANGER);
       accept(n, InChannel);
       storage[c]!slot[n]; slot[n] = 0;
       st = Moved;
       put_waits(c, me, ok);
       if :: ok -> rest = TellTakes :: else fi;
       ok = 0
     }
  :: else
  fi
}

/* Transitions::take, for node n, and admit. */
inline take(n, c, me) {
  d_step {
    st = None; m = NOBODY; ok = 0;
    assert(slot[n] == 0);
    if
    :: ended[c] && discards[c] -> st = Refused
    :: else ->
       if
       :: len(returned[c]) > 0 ->
          returned[c]?x, y;
          is_oldest(c, y); moves(y, InChannel, Taken);
          st = Moved
       :: else ->
          if
          :: len(storage[c]) > 0 ->
             storage[c]?y;
             is_oldest(c, y); moves(y, InChannel, Taken);
             st = Moved;
#ifndef a_take_admits_nobody
             ok = (count[puts(c)] > 0 && !ended[c])
#endif
          :: else -> if :: ended[c] -> st = Refused :: else -> ok = (count[puts(c)] > 0) fi
          fi
       fi
    fi;
    x = 0; y = 0
  };
  if :: ok -> ok = 0; claim_first(puts(c), me) :: else fi;
  if
  :: m != NOBODY ->
     d_step {
       claimed();
       if
       :: st == Moved ->
          accept(m, InChannel);
          storage[c]!slot[m]
       :: else ->
          is_oldest(c, slot[m]);
          accept(m, Taken);
          st = Moved;
#ifndef a_taken_put_passes_nothing_on
          let_puts_go(c)
#endif
       fi;
       assert(slot[m] == m + 1);
       slot[m] = 0
     };
     complete(0, Moved)
  :: else
  fi
}

/* Transitions::put_back, of the value in the slot of node n, whose future is dropped. */
inline put_back(n, c) {
  d_step { m = NOBODY; ok = 1;
#ifndef a_put_back_survives_poison
    if
    :: discards[c] ->
       release_place(c);
       moves(slot[n], Handed, Discarded);
       slot[n] = 0;
       ok = 0
    :: else
    fi
#endif
#ifdef a_dropped_take_loses_its_value
    if :: ok -> place_is_free(c, 1); slot[n] = 0; ok = 0 :: else fi
#endif
  };
#ifndef a_put_back_passes_over_parked_takes
  if :: ok -> claim_first(takes(c), STRANGER) :: else fi;
#endif
  if
  :: ok && m != NOBODY ->
     /* The reservation moves along with the value. */
     d_step {
       claimed();
       is_oldest(c, slot[n]); moves(slot[n], Handed, Handed);
       assert(slot[m] == 0);
       slot[m] = slot[n]; slot[n] = 0;
       ok = 0
     };
#ifdef a_put_back_that_is_given_on_loses_its_number
     complete(0, Moved)
#else
     complete(number[n], Moved)
#endif
  :: ok && m == NOBODY ->
     d_step {
       assert(!LIMITED || (handed_over[c] && len(returned[c]) == 0));
       handed_over[c] = 0;
       moves(slot[n], Handed, InChannel);
       /* A6: to the next parked take, else to the channel. */
       first_open(takes(c), STRANGER, z);
       assert(z == NOBODY);
       z = 0;
#ifdef a_put_back_goes_to_the_tail
       if :: has_storage(c) -> storage[c]!slot[n] :: else -> returned[c]!!number[n], slot[n] fi;
#elif defined(put_backs_forget_their_order)
       returned[c]!number[n], slot[n];
       i = len(returned[c]) - 1;
       do :: i > 0 -> returned[c]?x, y; returned[c]!x, y; i-- :: else -> break od;
       x = 0; y = 0;
#else
       returned[c]!!number[n], slot[n];
#endif
       slot[n] = 0;
       ok = 0;
       put_waits(c, STRANGER, ok);
       if :: ok -> rest = TellTakes :: else fi;
       ok = 0
     }
  :: else
  fi
}

#ifdef a_member_is_told_and_not_marked
#define has_mark 1
#else
#define has_mark (len(marked) > 0)
#endif

/* Within a step: arrow 2, for the first take but `me` that has not been told yet. */
inline tell_next(c, me) {
  m = NOBODY;
  i = 0;
  do
  :: i < count[takes(c)] && m == NOBODY ->
     x = at(takes(c), i);
     assert(!dead[OWNER(x)]);
     if
     :: OWNER(x) != me && phase[OWNER(x)] == Open && !notified[OWNER(x)] ->
        notified[OWNER(x)] = 1;
        m = x
     :: phase[OWNER(x)] == Listening && armed && has_mark ->
        /* Marks::claim */
        armed = 0;
        claimer = x;
        m = x
     :: else -> i++
     fi
  :: else -> break
  od;
  i = 0; x = 0
}

/* Within a step: the put that TellPuts is for, to be told in the next one. */
inline first_untold(c) {
  m = NOBODY;
  y = 0;
  do
  :: y < count[puts(c)] && m == NOBODY ->
     x = at(puts(c), y);
     assert(!dead[OWNER(x)]);
     if
     :: phase[OWNER(x)] == Open && !notified[OWNER(x)] ->
        can_hand_over(c, OWNER(x), ok);
        if :: ok -> m = x :: else -> y++ fi
     :: else -> y++
     fi
  :: else -> break
  od;
  x = 0; y = 0; ok = 0
}

/* Channel::run: wakes, then takes the steps of the rest, one at a time. */
inline run_after(c, me) {
  do
  :: may_wake -> wake()
  :: may_say_done -> say_done()
  :: d_step {
       has_woken && rest == TellTakes && is_free(c) ->
       m = NOBODY;
       if :: holds_value(c) || count[puts(c)] > 0 -> tell_next(c, me) :: else fi;
       if :: m == NOBODY -> rest = Nothing :: else -> acquire(c) fi
     };
     if
     :: m != NOBODY ->
        d_step {
          move_waker(OWNER(m));
          m = NOBODY;
#ifdef only_one_take_is_told
          rest = Nothing;
#endif
          release(c)
        }
     :: else
     fi
  :: d_step {
       has_woken && rest == TellPuts && is_free(c) ->
       first_untold(c);
       if :: m == NOBODY -> rest = Nothing :: else -> acquire(c) fi
     };
     if
     :: m != NOBODY ->
        /* It may have been decided elsewhere meanwhile; then it will leave, and pass this on. */
        if
        :: d_step {
             phase[OWNER(m)] == Open && !notified[OWNER(m)] ->
             notified[OWNER(m)] = 1
           };
           d_step { move_waker(OWNER(m)); m = NOBODY; release(c) }
        :: d_step {
             phase[OWNER(m)] != Open || notified[OWNER(m)] ->
             m = NOBODY;
             rest = Nothing;
             release(c)
           }
        fi
     :: else
     fi
  :: has_woken && rest == Nothing -> break
  od
}

#ifdef close_discards
#define discarding 1
#else
#define discarding poisons
#endif
#ifdef a_close_marks_nobody
#define mark_end(c) skip
#else
#define mark_end(c) mark(c, ok); ok = 0
#endif
#define flag(c) \
  ended[c] = 1; poisoned[c] = poisoned[c] | poisons; discards[c] = discards[c] | discarding; \
  mark_end(c)

/* Channel::close and poison: the flags first, then Rest::End, one party at a time. */
proctype Closer(byte c; bit poisons) {
  byte m = NOBODY, i, x, y, woken = NOBODY, by, late = NOBODY, how_late;
  bit ok;
  started;
#ifndef the_end_is_flagged_last
  d_step { is_free(c) -> flag(c) };
#endif
  do
  :: may_wake -> wake()
  :: may_say_done -> say_done()
  :: has_woken ->
     lock(c);
     if
     :: discards[c] && holds_value(c) ->
        d_step {
          if :: len(returned[c]) > 0 -> returned[c]?x, y :: else -> storage[c]?y fi;
          assert(poisoned[c]);
          moves(y, InChannel, Discarded);
          x = 0; y = 0;
          release(c)
        }
     :: else ->
#ifndef close_forgets_puts
        claim_first(puts(c), STRANGER);
#endif
        if
        :: m == NOBODY && holds_value(c) ->
           /* Whoever waits has been told to come, and finds a value or the end. */
           d_step { tell_next(c, STRANGER) };
           if
           :: m != NOBODY -> d_step { move_waker(OWNER(m)); m = NOBODY; release(c) }
           :: else -> unlock(c); break
           fi
        :: else ->
           if :: m == NOBODY -> claim_first(takes(c), STRANGER) :: else fi;
           if
           :: m != NOBODY ->
              d_step { claimed() };
              complete(0, Refused);
              unlock(c)
           :: else ->
              d_step { tell_next(c, STRANGER) };
              if
              :: m != NOBODY -> d_step { move_waker(OWNER(m)); m = NOBODY; release(c) }
              :: else -> unlock(c); break
              fi
           fi
        fi
     fi
  od;
#ifdef the_end_is_flagged_last
  skip;
  d_step { is_free(c) -> flag(c) };
#endif
  skip
}
