/* A choice that stays at its channels: alts/alternative.rs, alts/member.rs, wait_list/marks.rs.
 *
 * There is one at most: task 0, of takes. Its nodes are members: Listening, told and never claimed.
 * The word of its marks is `armed`, `claimer` and the top of the stack; each change of it is one step.
 */

/* How many are left. */
byte selections;

/* The owner's queue. */
chan ready = [NODES] of { byte };

/* A take of the alternative would not wait. */
#define has_put(c) \
  (count[puts(c)] > 0 && ( \
    phase[OWNER(at(puts(c), 0))] == Open || \
    (count[puts(c)] > 1 && phase[OWNER(at(puts(c), 1))] == Open) || \
    (count[puts(c)] > 2 && phase[OWNER(at(puts(c), 2))] == Open)))
#define would_take(c) (ended[c] || holds_value(c) || has_put(c))

/* Within a step, at an instant at which nothing is marked (A20). What is about to change under its
 * lock is not there yet. */
inline nothing_is_ready(t) {
  k = 0;
  do
  :: k < GUARDS && direction[NODE(t, k)] != NOBODY ->
     n = NODE(t, k);
     assert(notice[n] || !is_free(channel[n]) || !would_take(channel[n]));
     k++
  :: else -> break
  od;
  k = 0; n = 0
}

/* Within a step: drain and disarm. */
inline drain(t) {
  if
  :: armed -> armed = 0; assert(waker[t] != 0); waker[t] = 0
  :: else -> if :: claimer != NOBODY -> reader = claimer :: else fi
  fi;
  claimer = NOBODY;
  do
  :: len(marked) > 0 -> marked?n; ready!n
  :: else -> break
  od;
  n = 0
}

proctype Alternative(byte t) {
  byte m = NOBODY, n, k, i, x, y, z, st, rest, woken = NOBODY, by, late = NOBODY, how_late;
  byte reader = NOBODY, tries;
  bit ok, again;
  started;
  phase[t] = Listening;
  k = 0;
  do
  :: k < GUARDS && direction[NODE(t, k)] != NOBODY ->
     d_step {
       is_free(channel[NODE(t, k)]) ->
       n = NODE(t, k);
       link(n);
#ifndef a_ready_member_is_not_marked_at_first
       if :: would_take(channel[n]) -> notice[n] = 1; ready!n :: else fi;
#endif
       n = 0
     };
     k++
  :: else -> break
  od;
  k = 0;

begin:
  if
  :: selections > 0 -> selections--
  :: selections == 0 -> goto end_idle
  fi;
look:
  skip;
  d_step { drain(t); tries = len(ready) };
  do
#ifdef OFF
  /* A precondition that is false. */
  :: d_step { tries > 0 -> ready?n; tries--; ready!n; n = 0 }
#endif
  :: tries > 0 ->
     d_step { ready?n; tries-- };
     lock(channel[n]);
     assert(notice[n]);
     take(n, channel[n], t);
     d_step {
       if :: reader == n -> reader = NOBODY :: else fi;
#ifdef a_member_is_armed_although_it_is_ready
       again = 0;
#else
       again = (st != None && would_take(channel[n]));
#endif
       if
       :: again -> ready!n
       :: else ->
#ifdef a_member_is_not_armed_again
          if :: st != None -> notice[n] = 0 :: else fi
#else
          notice[n] = 0
#endif
       fi;
       again = 0;
       release(channel[n])
     };
     if :: st != None -> run_after(channel[n], t); goto begin :: else fi
  :: else -> break
  od;
  n = 0;
  if
  :: d_step { len(marked) > 0 -> skip }; goto look
  /* With a default: its instant. */
  :: d_step { len(marked) == 0 -> nothing_is_ready(t) }; goto begin
  :: skip
  fi;
#ifndef a_waker_is_replaced_while_it_is_read
  if
  :: reader != NOBODY -> d_step { is_free(channel[reader]) -> reader = NOBODY }
  :: else
  fi;
#endif
  d_step { assert(waker[t] == 0); waker[t] = listens[t] };
#ifdef an_alternative_arms_without_a_look
  armed = 1;
  claimer = NOBODY;
#else
  if
  :: d_step { len(marked) > 0 -> waker[t] = 0 }; goto look
  :: d_step { len(marked) == 0 -> armed = 1; claimer = NOBODY; nothing_is_ready(t) }
  fi;
#endif

end_waits:
  if
  :: d_step { token[t] -> token[t] = 0 }; goto look
  :: may_move[t] -> d_step { may_move[t] = 0; listens[t]++; token[t] = 0 }; goto look
  /* The selection is dropped. */
  :: may_expire[t] ->
     d_step {
       may_expire[t] = 0;
       token[t] = 0;
       listens[t]++;
#ifndef a_dropped_selection_keeps_its_waker
       if
       :: armed -> armed = 0; assert(waker[t] != 0); waker[t] = 0
       :: else -> if :: claimer != NOBODY -> reader = claimer :: else fi
       fi;
       claimer = NOBODY
#endif
     };
     goto begin
  :: may_drop[t] -> goto drop
  fi;

end_idle:
  may_drop[t];
drop:
  k = 0;
  do
  :: k < GUARDS && direction[NODE(t, k)] != NOBODY ->
     d_step {
       is_free(channel[NODE(t, k)]) ->
       n = NODE(t, k);
       acquire(channel[n]);
#ifndef a_dropped_alternative_stays
       unlink(n);
#endif
       release(channel[n]);
       n = 0
     };
     k++
  :: else -> break
  od;
  k = 0;
  d_step {
    drain(t);
    do :: len(ready) > 0 -> ready?n :: else -> break od;
    n = 0;
    assert(waker[t] == 0);
    phase[t] = Finished;
    dead[t] = 1
  }
}
