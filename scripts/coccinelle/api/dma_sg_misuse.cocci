// SPDX-License-Identifier: GPL-2.0-only
/// Do not mix the two sides of a mapped scatterlist. An IOMMU may have merged
/// entries, so that there are fewer DMA addresses than pages: those are counted
/// by nents, measured by sg_dma_len() and walked by for_each_sgtable_dma_sg().
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

@initialize:python@
@@

COUNT = "sg_nents_for_len() counts pages, not DMA addresses"
LENGTH = "length of the CPU's side beside sg_dma_address()"
WALK = "walks the CPU's entries, and reads DMA addresses"

// ----------------------------------------------------------------------------
// sg_nents_for_len() on what is mapped already: mapped before in the same
// function, kept by the function that mapped it, or read right afterwards. To
// count what is to be mapped is what it is for.

@mapped exists@
expression sgt;
position p;
@@

(
 sgt = \(dma_buf_map_attachment\|dma_buf_map_attachment_unlocked\)(...)
|
 dma_map_sgtable(..., sgt, \(DMA_TO_DEVICE\|DMA_FROM_DEVICE\|DMA_BIDIRECTIONAL\), ...)
)
 ... when != dma_unmap_sgtable(..., sgt, ...)
 sg_nents_for_len@p(sgt->sgl, ...)

@listed exists@
expression list;
position p;
@@

 dma_map_sg(..., list, ...)
 ... when != dma_unmap_sg(..., list, ...)
 sg_nents_for_len@p(list, ...)

@kept exists@
expression E;
identifier sgt, member;
@@

 sgt = \(dma_buf_map_attachment\|dma_buf_map_attachment_unlocked\)(...)
 ... when any
 E->member = sgt

@used@
identifier kept.member;
expression E;
position p;
@@

 sg_nents_for_len@p(E->member->sgl, ...)

@counted exists@
expression list;
position p;
@@

 sg_nents_for_len@p(list, ...)
 ... when != dma_map_sg(...)
     when != dma_map_sgtable(...)
     when != dma_map_sg_attrs(...)
(
 sg_dma_address(...)
|
 sg_dma_len(...)
|
 dmaengine_prep_slave_sg(...)
)

// ----------------------------------------------------------------------------
// The CPU's length beside the DMA address, as arguments of one call or as two
// assignments

@beside@
expression sg;
identifier f;
position p;
@@

 f@p(..., sg_dma_address(sg), ..., sg->length, ...)

@behind@
expression sg, E1, E2;
position p;
@@

 E1 = sg_dma_address(sg);
 E2 = sg@p->length;

@before@
expression sg, E1, E2;
position p;
@@

 E1 = sg@p->length;
 E2 = sg_dma_address(sg);

// ----------------------------------------------------------------------------
// Walks over as many entries as there are pages

@walk@
iterator name for_each_sgtable_sg;
expression sgt, i;
identifier sg;
position p;
@@

 for_each_sgtable_sg@p(sgt, sg, i)
 {
 <+...
 \(sg_dma_address\|sg_dma_len\)(sg)
 ...+>
 }

@walk_all@
iterator name for_each_sg;
expression sgt, i, list;
identifier sg;
position p;
@@

 for_each_sg@p(list, sg, \(sgt->orig_nents\|sgt.orig_nents\), i)
 {
 <+...
 \(sg_dma_address\|sg_dma_len\)(sg)
 ...+>
 }

// ----------------------------------------------------------------------------
// Only what has one answer is changed: what sg_nents_for_len() was called for
// decides what replaces it, and a walk that looks at both sides may be right

@depends on patch@
expression sg;
identifier f;
@@

 f(..., sg_dma_address(sg), ...,
- sg->length
+ sg_dma_len(sg)
 , ...)

@depends on patch@
expression sg, E1, E2;
@@

 E1 = sg_dma_address(sg);
- E2 = sg->length;
+ E2 = sg_dma_len(sg);

@depends on patch@
expression sg, E1, E2;
@@

- E1 = sg->length;
+ E1 = sg_dma_len(sg);
 E2 = sg_dma_address(sg);

@both@
iterator name for_each_sgtable_sg;
expression sgt, i;
identifier sg;
position p;
@@

 for_each_sgtable_sg@p(sgt, sg, i)
 {
 <+...
(
 sg_page(sg)
|
 sg_virt(sg)
|
 sg_phys(sg)
|
 sg->length
|
 sg->offset
)
 ...+>
 }

@depends on patch@
iterator name for_each_sgtable_sg, for_each_sgtable_dma_sg;
expression sgt, i;
identifier sg;
position p != both.p;
@@

- for_each_sgtable_sg@p(sgt, sg, i)
+ for_each_sgtable_dma_sg(sgt, sg, i)
 {
 <+...
 \(sg_dma_address\|sg_dma_len\)(sg)
 ...+>
 }

// ----------------------------------------------------------------------------

@depends on context@
position p = { mapped.p, listed.p, used.p, counted.p };
@@

* sg_nents_for_len@p(...)

@depends on context@
identifier beside.f;
position beside.p;
@@

* f@p(...)

@depends on context@
expression sg;
position p = { behind.p, before.p };
@@

* sg@p->length

@depends on context@
iterator name for_each_sgtable_sg;
position walk.p;
statement S;
@@

* for_each_sgtable_sg@p(...) S

@depends on context@
iterator name for_each_sg;
position walk_all.p;
statement S;
@@

* for_each_sg@p(...) S

@script:python depends on org@
p << mapped.p;
@@

coccilib.org.print_todo(p[0], COUNT)

@script:python depends on org@
p << listed.p;
@@

coccilib.org.print_todo(p[0], COUNT)

@script:python depends on org@
p << used.p;
@@

coccilib.org.print_todo(p[0], COUNT)

@script:python depends on org@
p << counted.p;
@@

coccilib.org.print_todo(p[0], COUNT)

@script:python depends on org@
p << beside.p;
@@

coccilib.org.print_todo(p[0], LENGTH)

@script:python depends on org@
p << behind.p;
@@

coccilib.org.print_todo(p[0], LENGTH)

@script:python depends on org@
p << before.p;
@@

coccilib.org.print_todo(p[0], LENGTH)

@script:python depends on org@
p << walk.p;
@@

coccilib.org.print_todo(p[0], WALK)

@script:python depends on report@
p << mapped.p;
@@

coccilib.report.print_report(p[0], "WARNING: " + COUNT)

@script:python depends on report@
p << listed.p;
@@

coccilib.report.print_report(p[0], "WARNING: " + COUNT)

@script:python depends on report@
p << used.p;
@@

coccilib.report.print_report(p[0], "WARNING: " + COUNT)

@script:python depends on report@
p << counted.p;
@@

coccilib.report.print_report(p[0], "WARNING: " + COUNT)

@script:python depends on report@
p << beside.p;
@@

coccilib.report.print_report(p[0], "WARNING: " + LENGTH)

@script:python depends on report@
p << behind.p;
@@

coccilib.report.print_report(p[0], "WARNING: " + LENGTH)

@script:python depends on report@
p << before.p;
@@

coccilib.report.print_report(p[0], "WARNING: " + LENGTH)

@script:python depends on report@
p << walk.p;
@@

coccilib.report.print_report(p[0], "WARNING: " + WALK)

@script:python depends on org@
p << walk_all.p;
@@

coccilib.org.print_todo(p[0], WALK)

@script:python depends on report@
p << walk_all.p;
@@

coccilib.report.print_report(p[0], "WARNING: " + WALK)
