//! What the published module has in place of std's: a small allocator, and a panic that is a trap and nothing else.
//!
//! With nobody to read a panic's message, the linker drops all the text and formatting that leads up to it.

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
