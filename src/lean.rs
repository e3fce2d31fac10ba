//! What the published module has in place of std's: a small allocator, and a panic that is a trap and nothing else.
//!
//! With nobody to read a panic's message, the linker drops all the text and formatting that leads up to it.

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use zeroizing_alloc::ZeroAlloc;

// Tokens pass through strings that grow, and through ones that the glue gives back: every block is wiped.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<WasmDynamicTalc> = ZeroAlloc(new_wasm_dynamic_allocator());

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
