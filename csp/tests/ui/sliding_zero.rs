//! A sliding buffer of no size would lose every value.

use csp::Channel;
use csp::buffer::Sliding;
use csp::lock::StdLock;

static CHANNEL: Channel<u32, Sliding<0>, StdLock> = Channel::new();

fn main() {
    CHANNEL.close();
}
