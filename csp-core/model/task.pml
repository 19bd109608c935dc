/* A future from its first poll to its end: operation.rs for a plain operation, alts/engine.rs and
 * alts/guard.rs for a choice.
 *
 * What is under a lock and looks at one word once is one step. What only repeats a look (a plain
 * operation looks before it clones its waker, and again after) is left out.
 */

/* What will happen to a task, chosen by init: each is done once, at any time while it waits. */
bit may_drop[TASKS];
bit may_move[TASKS];
bit may_expire[TASKS];
/* Told or not, it is never polled again once it waits. A9. */
bit is_frozen[TASKS];

/* Within a step: the end of the future. Each value is where its put was told that it is; nothing
 * is left behind (A7, A8). */
inline free(t, won) {
  i = 0;
  do
  :: i < GUARDS && direction[NODE(t, i)] != NOBODY ->
     n = NODE(t, i);
     assert(!linked[n]);
     if
     :: direction[n] == PUT ->
        if
        :: won == i -> assert(slot[n] == 0); assert(place[n] != WithPut)
        :: else ->
           assert(slot[n] == n + 1);
           moves(n + 1, WithPut, GivenBack);
           slot[n] = 0
        fi
     :: else -> assert(slot[n] == 0)
     fi;
     number[n] = 0;
     i++
  :: else -> break
  od;
  assert(waker[t] == 0);
  i = 0; k = 0; n = 0; st = 0; tried = 0; own = 0; was = 0; ok = 0; again = 0; expired = 0;
  phase[t] = Finished; notified[t] = 0; winner[t] = 0; outcome[t] = 0;
  token[t] = 0; listens[t] = 1;
  may_drop[t] = 0; may_move[t] = 0; may_expire[t] = 0;
  dead[t] = 1
}

/* Pass 3 but for one guard; a plain operation has one only. `dropped` is Mode::Dropped. */
inline withdraw(t, but, dropped) {
  k = 0;
  do
  :: k < GUARDS && direction[NODE(t, k)] != NOBODY ->
     d_step {
       n = NODE(t, k);
#ifdef a_drop_skips_the_lock_of_who_is_unlinked
       ok = linked[n] && k != but
#else
       ok = k != but
#endif
     };
     if
     :: ok ->
        d_step {
          is_free(channel[n]) -> acquire(channel[n]);
          ok = 0;
#ifdef losers_stay_linked
          if :: phase[t] == Cancelled -> unlink(n) :: else fi;
#elif defined(the_first_loser_stays_linked)
          if :: k > 0 || phase[t] == Cancelled -> unlink(n) :: else fi;
#else
          unlink(n);
#endif
          if
          :: phase[t] == Done && winner[t] == k ->
             ok = (dropped && outcome[t] == Moved && direction[n] == TAKE);
#ifdef a_dropped_choice_forgets_its_winner
             if :: ok && !plain[t] -> slot[n] = 0; ok = 0 :: else fi
#endif
          :: else ->
             if :: plain[t] && phase[t] == Open -> was = notified[t]; phase[t] = Cancelled; notified[t] = 0;
                   if :: !was -> assert(waker[t]); waker[t] = 0 :: else fi
                :: else fi;
             assert(!plain[t] || phase[t] == Cancelled);
             leaves(n)
          fi;
          if :: !ok -> release(channel[n]) :: else fi
        };
        if
        :: ok -> put_back(n, channel[n]); unlock(channel[n])
        :: else
        fi;
        run_after(channel[n], t)
     :: else
     fi;
     k++
  :: else -> break
  od;
  k = 0; n = 0; ok = 0
}

/* Engine::tell at each channel, with News::Left. */
inline tell_left(t) {
  k = 0;
  do
  :: k < GUARDS && direction[NODE(t, k)] != NOBODY ->
     d_step { is_free(channel[NODE(t, k)]) -> n = NODE(t, k); leaves(n) };
     run_after(channel[n], t);
     k++
  :: else -> break
  od;
  k = 0; n = 0
}

/* With News::Waits. */
inline tell_waits(t) {
  k = 0;
  do
  :: k < GUARDS && direction[NODE(t, k)] != NOBODY ->
     d_step {
       is_free(channel[NODE(t, k)]) ->
       n = NODE(t, k);
       if :: direction[n] == PUT -> put_waits(channel[n], t, ok) :: else fi;
       if :: ok -> rest = TellTakes :: else fi;
       ok = 0
     };
     run_after(channel[n], t);
     k++
  :: else -> break
  od;
  k = 0; n = 0
}

/* The guards in any order, each once; the policy is no matter of safety. */
#define untried(k) (!((tried >> (k)) & 1) && direction[NODE(t, k)] != NOBODY)

proctype Task(byte t) {
  byte m = NOBODY, n, k, i, x, y, z, st, tried, rest, own, woken = NOBODY, by, late = NOBODY, how_late;
  bit ok, was, again, expired;
#ifdef IN_TURN
  started && (t == 0 || phase[t - 1] != New);
#else
  started;
#endif

#if defined(a_choice_is_published_branch_by_branch) || defined(a_choice_claims_itself_to_look)
  /* Visible while it looks; its word is claimed meanwhile, or is not. */
  if :: plain[t] -> goto look :: else fi;
  d_step { phase[t] = Open; waker[t] = listens[t]; own = listens[t]; again = 1; k = 0; st = None };
  do
  :: k < GUARDS && direction[NODE(t, k)] != NOBODY && st == None ->
     n = NODE(t, k);
     lock(channel[n]);
     if :: phase[t] != Open -> unlock(channel[n]); break :: else fi;
#ifdef a_choice_claims_itself_to_look
     d_step { ok = (phase[t] == Open); if :: ok -> phase[t] = Claimed :: else fi };
     if :: !ok -> unlock(channel[n]); break :: else -> ok = 0 fi;
#endif
     z = k;
     if
     :: direction[n] == PUT -> put(n, channel[n], t)
     :: else -> take(n, channel[n], t)
     fi;
     d_step {
       k = z; z = 0;
       if
       :: st == None -> phase[t] = Open; link(n)
       :: else -> store_done(t, st); winner[t] = k; waker[t] = 0
       fi;
       release(channel[n])
     };
     run_after(channel[n], t);
     k++
  :: else -> break
  od;
  k = 0; ok = 0; tried = 0;
  if :: st != None -> goto alone :: st == None && phase[t] != Open -> goto decided :: else -> goto end_parked fi;
#endif
look:
#ifdef a_notice_is_looked_into_lock_by_lock
  if
  :: again && !plain[t] && notified[t] ->
     k = 0; st = None;
     do
     :: k < GUARDS && direction[NODE(t, k)] != NOBODY && st == None ->
        n = NODE(t, k);
        lock(channel[n]);
        if :: phase[t] != Open -> unlock(channel[n]); break :: else fi;
        z = k;
        if
        :: direction[n] == PUT -> put(n, channel[n], t)
        :: else -> take(n, channel[n], t)
        fi;
        d_step {
          k = z; z = 0;
          if
          :: st != None -> unlink(n); store_done(t, st); winner[t] = k
          :: else
          fi;
          release(channel[n])
        };
        run_after(channel[n], t);
        k++
     :: else -> break
     od;
     k = 0;
     if
     :: d_step { phase[t] == Open -> notified[t] = 0; waker[t] = listens[t] }; goto end_parked
     :: st != None -> goto alone
     :: phase[t] != Open && st == None -> goto decided
     fi
  :: else
  fi;
#endif
  /* Passes 1 and 2, at first or in place. */
  lock_all(t);
  if
  :: again && phase[t] != Open -> d_step { release_all(t) }; goto decided
  :: again && phase[t] == Open && plain[t] && !notified[t] ->
     /* Operation::wait_on: woken for nothing, or with a new waker. */
     d_step {
       assert(waker[t] != 0);
#ifndef the_old_waker_is_kept
       waker[t] = listens[t];
#endif
       release_all(t)
     };
     goto end_parked
  :: else
  fi;
  d_step {
    if :: again && !plain[t] && !notified[t] -> assert(waker[t] != 0); waker[t] = 0 :: else fi;
    st = None
  };
#ifdef a_notice_is_taken_without_a_look
  if :: again && notified[t] -> tried = 15 :: else fi;
#endif
  do
  :: st == None ->
     if
     :: untried(0) -> k = 0
#if GUARDS > 1
     :: untried(1) -> k = 1
#endif
#if GUARDS > 2
     :: untried(2) -> k = 2
#endif
     :: expired -> st = Foreign; break
     :: else -> break
     fi;
     d_step { tried = tried | (1 << k); n = NODE(t, k) };
     if
     :: direction[n] == PUT -> put(n, channel[n], t)
     :: else -> take(n, channel[n], t)
     fi
  :: else -> break
  od;
  tried = 0;
  if
  :: st != None ->
     d_step {
       if
       :: again ->
          /* It leaves all its lists by itself. */
          i = 0;
          z = k;
          k = 0;
          do
          :: k < GUARDS && direction[NODE(t, k)] != NOBODY ->
             n = NODE(t, k);
             unlink(n);
             k++
          :: else -> break
          od;
          k = z; z = 0; n = NODE(t, k);
          if :: !plain[t] -> phase[t] = Cancelled; notified[t] = 0 :: else fi
       :: else
       fi;
       z = k; release_all(t); k = z; z = 0;
#ifdef a_choice_wakes_nobody
       if :: !plain[t] -> woken = NOBODY; by = 0; rest = Nothing :: else fi;
#endif
       own = (st == Moved -> k : NOBODY)
     };
     if :: st != Foreign -> run_after(channel[n], t) :: else fi;
#ifndef a_choice_that_leaves_passes_nothing_on
     if :: again && !plain[t] -> tell_left(t) :: else fi;
#endif
     goto ended_ours
  :: else
  fi;
  d_step {
    assert(waker[t] == 0);
    waker[t] = listens[t];
    own = listens[t];
    phase[t] = Open;
#ifdef a_second_notice_is_lost
    if :: !again -> notified[t] = 0 :: else fi;
#else
    notified[t] = 0;
#endif
    was = 0;
    k = 0;
    do
    :: k < GUARDS && direction[NODE(t, k)] != NOBODY ->
       n = NODE(t, k);
       if :: !again -> link(n) :: else fi;
       if :: direction[n] == PUT -> put_waits(channel[n], t, was) :: else fi;
       k++
    :: else -> break
    od;
    again = 1;
    if :: plain[t] && was -> rest = TellTakes; was = 0 :: else fi;
    release_all(t)
  };
  if
  :: plain[t] -> run_after(channel[n], t)
  :: else -> if :: was -> was = 0; tell_waits(t) :: else fi
  fi;

end_parked:
  if
  :: token[t] && !is_frozen[t] -> token[t] = 0
  :: may_move[t] -> may_move[t] = 0
  :: may_move[t] -> d_step { may_move[t] = 0; listens[t]++; token[t] = 0 }
  :: may_expire[t] -> d_step { may_expire[t] = 0; expired = 1 }
  :: may_drop[t] -> goto drop
  fi;

  /* Polled: one load of the word. */
  if
#ifdef a_claimed_choice_goes_on_waiting
  :: phase[t] == Claimed -> goto end_parked
  :: phase[t] == Done -> goto decided
#else
  :: !plain[t] && phase[t] != Open -> goto decided
  :: plain[t] && phase[t] == Done -> goto decided
  :: plain[t] && phase[t] == Claimed -> goto look
#endif
  :: phase[t] == Open && notified[t] -> goto look
#if defined(the_old_waker_is_kept)
  :: phase[t] == Open && !notified[t] && !expired -> goto end_parked
#elif defined(the_waker_is_replaced_without_the_locks)
  :: phase[t] == Open && !notified[t] ->
     if
     :: d_step { waker[t] != 0 -> waker[t] = listens[t]; own = listens[t] }
     :: waker[t] == 0
     fi;
     goto end_parked
#else
  :: phase[t] == Open && !notified[t] && !expired && own == listens[t] && !plain[t] -> goto end_parked
  :: phase[t] == Open && !notified[t] && (plain[t] || own != listens[t]) -> goto look
#endif
  :: phase[t] == Open && !notified[t] && expired && own == listens[t] -> skip
  fi;

  /* Engine::decide_foreign. */
  if :: sole[t] -> lock(channel[NODE(t, 0)]) :: else fi;
  cancel(t);
  if :: sole[t] -> unlock(channel[NODE(t, 0)]) :: else fi;
  if
  :: ok ->
     d_step { if :: !was -> assert(waker[t] != 0); waker[t] = 0 :: else fi; was = 0 };
     withdraw(t, NOBODY, 0);
     d_step { free(t, NOBODY) };
     goto gone
  :: else -> was = 0
  fi;

decided:
  /* A partner decided: Engine::decided, Operation::finish. */
  if
  :: phase[t] == Claimed && !plain[t] ->
     d_step { is_free(channel[NODE(t, winner[t])]) -> skip }
  :: else
  fi;
  assert(phase[t] == Done);
  if :: !plain[t] -> withdraw(t, winner[t], 0) :: else fi;
  d_step { n = NODE(t, winner[t]); ok = (direction[n] == TAKE && outcome[t] == Moved) };
  if
  :: ok && LIMITED ->
     d_step {
       is_free(channel[n]) ->
       moves(slot[n], Handed, Taken); slot[n] = 0;
       place_is_free(channel[n], 1)
     };
     run_after(channel[n], t)
  :: ok && !LIMITED -> d_step { moves(slot[n], Handed, Taken); slot[n] = 0 }
  :: else
  fi;
  goto ended_theirs;

drop:
  may_drop[t] = 0;
#ifdef a_dropped_choice_stays
  d_step { dead[t] = 1 };
  goto gone;
#endif
  if
  :: !plain[t] ->
#ifndef a_sole_choice_cancels_without_its_lock
     if :: sole[t] -> lock(channel[NODE(t, 0)]) :: else fi;
#endif
     cancel(t);
#ifndef a_sole_choice_cancels_without_its_lock
     if :: sole[t] -> unlock(channel[NODE(t, 0)]) :: else fi;
#endif
     d_step { if :: ok && !was -> assert(waker[t] != 0); waker[t] = 0 :: else fi; was = 0; ok = 0 }
  :: else
  fi;
  withdraw(t, NOBODY, 1);
  d_step {
    assert(phase[t] == Cancelled || phase[t] == Done);
    own = (phase[t] == Done && outcome[t] == Moved -> winner[t] : NOBODY);
    free(t, own)
  };
  goto gone;
ended_ours:
  skip;
  d_step { free(t, own) };
  goto gone;
#if defined(a_choice_is_published_branch_by_branch) || \
    defined(a_choice_claims_itself_to_look) || defined(a_notice_is_looked_into_lock_by_lock)
alone:
  own = (st == Moved -> winner[t] : NOBODY);
  withdraw(t, winner[t], 0);
  goto ended_ours;
#endif
ended_theirs:
  skip;
  d_step { own = (outcome[t] == Moved -> winner[t] : NOBODY); free(t, own) };
gone:
  skip
}
