//! A buffer of no size is a rendezvous, which has a type of its own.

use csp::Channel;
use csp::buffer::Fixed;
use csp::lock::StdLock;

static CHANNEL: Channel<u32, Fixed<0>, StdLock> = Channel::new();

fn main() {
    CHANNEL.close();
}
