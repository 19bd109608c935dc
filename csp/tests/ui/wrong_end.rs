//! Each end offers one side only.

fn main() {
    let (_sender, receiver) = csp::fixed::<u32>(1);
    csp::block_on(async {
        receiver.put(1).await.unwrap();
    });
}
