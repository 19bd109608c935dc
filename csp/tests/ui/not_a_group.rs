//! A vector has no number that the compiler knows.

fn main() {
    let processes: Vec<std::future::Ready<u32>> = Vec::new();
    csp::block_on(csp::parallel(processes));
}
