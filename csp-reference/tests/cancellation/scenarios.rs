//! Named scenarios, of more parties than the explorer walks, and of what it cannot do: wakers and
//! values that panic or use the channel, futures that are leaked, long runs.

mod forms;
mod hand;
mod harm;
mod limits;
mod put_back;
mod queues;
