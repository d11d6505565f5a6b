# Everything that a Fluent file may hold.
plain = 完了
    2 行目
with-args = { $name } は { $n } 個、{ $n } 個です
choice = { $n ->
    [0] nothing
    [one] one of { $name }
   *[other] { $n } of { $name }
}
words = { $name ->
    [vpc] a VPC
   *[other] { "\\ {" }{ $name ->
        [a] x
       *[b] { -term(case: "x") }
    }
}
numbers = { NUMBER($n, minimumFractionDigits: 2) } { 1.50 } { DATETIME($n) }
-term = { $case ->
   *[x] term
}
    .attribute = of a term
refers = { plain } { with-args } { with.attribute } { missing } { -missing }
with = x
    .attribute = { $name }
loop-a = { loop-b }
loop-b = { loop-a }{ loop-a }
deep = { { { { { $n } } } } }
