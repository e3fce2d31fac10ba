;; Reads what scripts/lib/spelling.mjs has spelt: first characters as bytes, then letters as a module's instructions.
;;
;; A letter stands for an operator, with how many bytes of an operand to take from which stream; like operands are beside each
;; other there, which is what compressors look for. Of what the bytes mean nothing in here is
;; known but the sizes of functions and the highest bits of numbers.
;;
;; Where things are; scripts/lib/letters.mjs puts them there:
;;     0  the byte that each character stands for: by itself, behind "}", behind "~"; 128 bytes each
;;   512  the text, and then what it stands for: where the next byte of each of 32 streams is, the first of them the letters;
;;   640  of each letter the first and the second byte of its operator, or 255, and what is behind the operand,
;;  1408  how long the operand is, and its stream; 256 bytes each; and the streams
;; 524288 the module
(module
  (memory (export "memory") 16 16)
  (global $out (mut i32) (i32.const 512))
  ;; Where the function begins that is being read.
  (global $body (mut i32) (i32.const 0))

  (func $put (param $byte i32)
    (i32.store8 (global.get $out) (local.get $byte))
    (global.set $out (i32.add (global.get $out) (i32.const 1))))

  (func $put_if_any (param $byte i32)
    (if (i32.ne (local.get $byte) (i32.const 255)) (then (call $put (local.get $byte)))))

  (func $next (param $place i32) (result i32)
    (local $at i32)
    (local.set $at (i32.load (local.get $place)))
    (i32.store (local.get $place) (i32.add (local.get $at) (i32.const 1)))
    (i32.load8_u (local.get $at)))

  (func $put_text (param $at i32) (param $end i32)
    (local $character i32)
    (loop $characters
      (local.set $character (i32.load8_u (local.get $at)))
      (if (i32.gt_u (local.get $character) (i32.const 124))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $character
            (i32.or
              (i32.shl (i32.sub (local.get $character) (i32.const 124)) (i32.const 7))
              (i32.load8_u (local.get $at))))))
      (call $put (i32.load8_u (local.get $character)))
      (br_if $characters (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $end)))))

  ;; Writes its size before the function that was read last, as LEB128.
  (func $end_function
    (local $size i32)
    (local $length i32)
    (local.set $size (i32.sub (global.get $out) (global.get $body)))
    (local.set $length
      (i32.add
        (i32.add (i32.const 1) (i32.gt_u (local.get $size) (i32.const 127)))
        (i32.gt_u (local.get $size) (i32.const 16383))))
    (memory.copy (i32.add (global.get $body) (local.get $length)) (global.get $body) (local.get $size))
    (global.set $out (i32.add (global.get $out) (local.get $length)))
    (loop $sevens
      (i32.store8
        (global.get $body)
        (i32.or (local.get $size) (i32.shl (i32.gt_u (local.get $size) (i32.const 127)) (i32.const 7))))
      (global.set $body (i32.add (global.get $body) (i32.const 1)))
      (br_if $sevens (local.tee $size (i32.shr_u (local.get $size) (i32.const 7))))))

  (func $put_operand (param $stream i32) (param $left i32)
    (loop $bytes
      (if (local.get $left)
        (then
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          ;; Of numbers all bytes but the last have the highest bit. The streams 1 and 2 have other things than numbers.
          (call $put
            (i32.or
              (call $next (i32.add (i32.const 512) (i32.shl (local.get $stream) (i32.const 2))))
              (i32.shl
                (i32.and (i32.gt_u (local.get $stream) (i32.const 2)) (i32.ne (local.get $left) (i32.const 0)))
                (i32.const 7))))
          (br $bytes)))))

  (func $put_instruction
    (local $letter i32)
    (local.set $letter (call $next (i32.const 512)))
    (if (i32.eqz (i32.load8_u offset=1664 (local.get $letter)))
      (then
        (if (global.get $body) (then (call $end_function)))
        (global.set $body (global.get $out))))
    (call $put_if_any (i32.load8_u offset=640 (local.get $letter)))
    (call $put_if_any (i32.load8_u offset=896 (local.get $letter)))
    (call $put_operand (i32.load8_u offset=1664 (local.get $letter)) (i32.load8_u offset=1408 (local.get $letter)))
    (call $put_if_any (i32.load8_u offset=1152 (local.get $letter))))

  ;; `end` is behind the text's last character. Answers what is behind the module's last byte.
  (func (export "decode") (param $end i32) (result i32)
    (call $put_text (i32.const 512) (local.get $end))
    (local.set $end (global.get $out))
    (global.set $out (i32.const 524288))
    (loop $letters
      (call $put_instruction)
      (br_if $letters (i32.lt_u (i32.load (i32.const 512)) (local.get $end))))
    (global.get $out)))
