;; Scalar products of one vector with many, for scan-module.ts, which `npm run generate` makes of
;; this. Memory: 0 the query, 16 KiB a list of rows, 32 KiB what was found, 64 KiB the vectors.
(module
  (memory (export "memory") 2 65536)

  ;; Compares the query with `count` listed rows of `stride` bytes each, a multiple of 64. Writes row
  ;; and product of those that reach `atLeast`, in the order of the list, and returns how many.
  (func (export "scan")
    (param $count i32) (param $stride i32) (param $atLeast f32) (result i32)
    (local $listed i32) (local $end i32) (local $found i32)
    (local $row i32) (local $query i32) (local $product f32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $listed (i32.const 16384))
    (local.set $end (i32.add (local.get $listed) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $found (i32.const 32768))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $listed) (local.get $end)))
        (local.set $row
          (i32.add
            (i32.const 65536)
            (i32.mul (i32.load (local.get $listed)) (local.get $stride))))
        (local.set $query (i32.const 0))
        (local.set $a (v128.const f32x4 0 0 0 0))
        (local.set $b (v128.const f32x4 0 0 0 0))
        (local.set $c (v128.const f32x4 0 0 0 0))
        (local.set $d (v128.const f32x4 0 0 0 0))
        (loop $parts
          (local.set $a
            (f32x4.add (local.get $a)
              (f32x4.mul (v128.load (local.get $query)) (v128.load (local.get $row)))))
          (local.set $b
            (f32x4.add (local.get $b)
              (f32x4.mul
                (v128.load offset=16 (local.get $query)) (v128.load offset=16 (local.get $row)))))
          (local.set $c
            (f32x4.add (local.get $c)
              (f32x4.mul
                (v128.load offset=32 (local.get $query)) (v128.load offset=32 (local.get $row)))))
          (local.set $d
            (f32x4.add (local.get $d)
              (f32x4.mul
                (v128.load offset=48 (local.get $query)) (v128.load offset=48 (local.get $row)))))
          (local.set $row (i32.add (local.get $row) (i32.const 64)))
          (local.set $query (i32.add (local.get $query) (i32.const 64)))
          (br_if $parts (i32.lt_u (local.get $query) (local.get $stride))))
        (local.set $a
          (f32x4.add
            (f32x4.add (local.get $a) (local.get $b))
            (f32x4.add (local.get $c) (local.get $d))))
        (local.set $product
          (f32.add
            (f32.add
              (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
            (f32.add
              (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))
        (if (f32.ge (local.get $product) (local.get $atLeast))
          (then
            (i32.store (local.get $found) (i32.load (local.get $listed)))
            (f32.store offset=4 (local.get $found) (local.get $product))
            (local.set $found (i32.add (local.get $found) (i32.const 8)))))
        (local.set $listed (i32.add (local.get $listed) (i32.const 4)))
        (br $rows)))
    (i32.shr_u (i32.sub (local.get $found) (i32.const 32768)) (i32.const 3))))
