/* The choice protocol of csp-core: who is included below, and what init and the Monitor do.
 *
 * A configuration is what init may choose from, by these definitions:
 *   TASKS, CHANNELS, GUARDS  how many, guards of a task at most
 *   CAPACITY     which channels have a buffer of one value, a bit for each
 *   ANY_PLACES   unlimited places for values that come back, as in allocated channels; else one
 *   ONE_LOCK     one lock for all channels, so that every word is sole
 *   SINGLES      plain operations only; else every choice of up to two guards too
 *   PUTS         one channel: so many puts; before them so many TAKES, after them so many choices of
 *                BOTH, then takes, and LATE_PUTS at the end
 *   IN_TURN      a task begins when the one before it has looked
 *   FORK, RING, CROSSED  offers that check.pml has written down
 *   ALTERNATIVE  task 0 is a choice among takes that stays at its channels, and is selected from so
 *                many times at most; the others put, take, or choose where to put
 *   OFF          its preconditions may be false
 *   DROPS, MOVES, EXPIRES, ENDS, FROZEN  how many tasks may be dropped, polled with a new waker
 *                (or for nothing), won by a guard without a channel, how many closes or poisons,
 *                how many tasks are never polled once they wait
 *   DROPPED, NEVER_POLLED  the same for the tasks that these bits name
 * A breakage is one more definition, named as in csp-core/mutants where it is stored there too.
 */

#ifndef TASKS
#define TASKS 2
#endif
#ifndef CHANNELS
#define CHANNELS 2
#endif
#ifndef GUARDS
#define GUARDS 2
#endif
#ifndef CAPACITY
#define CAPACITY 0
#endif
#ifndef TAKES
#define TAKES 0
#endif
#ifndef LATE_PUTS
#define LATE_PUTS 0
#endif
#ifndef BOTH
#define BOTH 0
#endif
#ifndef DROPPED
#define DROPPED 0
#endif
#ifndef NEVER_POLLED
#define NEVER_POLLED 0
#endif
#ifndef DROPS
#define DROPS 0
#endif
#ifndef MOVES
#define MOVES 0
#endif
#ifndef EXPIRES
#define EXPIRES 0
#endif
#ifndef ENDS
#define ENDS 0
#endif
#ifndef FROZEN
#define FROZEN 0
#endif

#include "choice.pml"
#include "channel.pml"
#include "task.pml"
#ifdef ALTERNATIVE
#include "alternative.pml"
#endif
#include "check.pml"
