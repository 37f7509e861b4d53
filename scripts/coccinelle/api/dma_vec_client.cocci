// SPDX-License-Identifier: GPL-2.0-only
/// A client that maps a scatterlist once and transfers it again and again can
/// have a table of DMA vectors instead, which is prepared without a walk and can
/// be cut to the bytes of a transfer.
//# Where the scatterlist is a member of a structure, and is mapped and unmapped in
//# the same file, the table becomes the next member: it has to live as long as the
//# mapping, because a provider that knows scatterlists only may look at it until
//# the transfer is over. Tables are allocated with GFP_KERNEL: see that mapping is
//# done where that is right, and "select DMA_VEC" in Kconfig.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

// ----------------------------------------------------------------------------
// The scatterlist is a member. All of what was mapped is transferred: a part of it has another count.

@prep_in@
expression E, chan, dir, flags;
identifier sgt, desc;
position p;
statement S;
@@

 desc = dmaengine_prep_slave_sg@p(chan, E->sgt.sgl, E->sgt.nents, dir, flags);
 if (!desc) S

@member_in@
identifier prep_in.sgt, T;
@@

 struct T {
 ...
 struct sg_table sgt;
 ...
 };

@mapped_in depends on member_in@
identifier prep_in.sgt, ret, end;
expression E, dev, dir, attrs;
@@

 ret = dma_map_sgtable(dev, &E->sgt, dir, attrs);
 if (\(ret\|ret < 0\))
 \(return ret;\|goto end;\)

@unmapped_in depends on mapped_in@
identifier prep_in.sgt;
expression E;
@@

 dma_unmap_sgtable(..., &E->sgt, ...)

@script:python names_in depends on unmapped_in@
sgt << prep_in.sgt;
vecs;
prepared;
@@

coccinelle.vecs = sgt + "_vecs"
coccinelle.prepared = sgt + "_prepared"

@depends on context && names_in@
position prep_in.p;
@@

* dmaengine_prep_slave_sg@p(...)

@script:python depends on org && names_in@
p << prep_in.p;
@@

coccilib.org.print_todo(p[0], "opportunity for dma_vec_prep_table()")

@script:python depends on report && names_in@
p << prep_in.p;
@@

coccilib.report.print_report(p[0], "opportunity for dma_vec_prep_table()")

@depends on patch && names_in@
identifier prep_in.sgt, member_in.T, names_in.vecs, names_in.prepared;
@@

 struct T {
 ...
 struct sg_table sgt;
+struct dma_vec_table vecs;
+struct dma_vec_prepared prepared;
 ...
 };

// Before there is one more, where making the table fails
@depends on patch && names_in@
identifier prep_in.sgt, names_in.vecs, names_in.prepared;
expression E;
expression list es1, es2;
@@

+dma_vec_unprepare(&E->prepared);
+dma_vec_table_free(&E->vecs);
 dma_unmap_sgtable(es1, &E->sgt, es2);

@depends on patch && names_in@
identifier prep_in.sgt, names_in.vecs, ret;
expression E, dev, dir, attrs;
@@

 ret = dma_map_sgtable(dev, &E->sgt, dir, attrs);
 if (\(ret\|ret < 0\))
 return ret;
+ret = dma_vec_table_from_sgt(&E->vecs, &E->sgt, GFP_KERNEL);
+if (ret) {
+	dma_unmap_sgtable(dev, &E->sgt, dir, attrs);
+	return ret;
+}

@depends on patch && names_in@
identifier prep_in.sgt, names_in.vecs, ret, end;
expression E, dev, dir, attrs;
@@

 ret = dma_map_sgtable(dev, &E->sgt, dir, attrs);
 if (\(ret\|ret < 0\))
 goto end;
+ret = dma_vec_table_from_sgt(&E->vecs, &E->sgt, GFP_KERNEL);
+if (ret) {
+	dma_unmap_sgtable(dev, &E->sgt, dir, attrs);
+	goto end;
+}

@depends on patch && names_in@
identifier prep_in.sgt, prep_in.desc;
expression E;
statement S;
@@

 desc = dmaengine_prep_slave_sg(..., E->sgt.sgl, ...);
 if (
- !desc
+ IS_ERR(desc)
 ) S

@depends on patch && names_in@
identifier prep_in.sgt, names_in.vecs, names_in.prepared;
expression E, chan, dir, flags;
@@

- dmaengine_prep_slave_sg(chan, E->sgt.sgl, E->sgt.nents, dir, flags)
+ dma_vec_prep_table(chan, &E->vecs, &E->prepared, dir, flags)

// ----------------------------------------------------------------------------
// The same, where the member is a pointer. All of what was mapped is transferred: a part of it has another count.

@prep_at@
expression E, chan, dir, flags;
identifier sgt, desc;
position p;
statement S;
@@

 desc = dmaengine_prep_slave_sg@p(chan, E->sgt->sgl, E->sgt->nents, dir, flags);
 if (!desc) S

@member_at@
identifier prep_at.sgt, T;
@@

 struct T {
 ...
 struct sg_table *sgt;
 ...
 };

@mapped_at depends on member_at@
identifier prep_at.sgt, ret, end;
expression E, dev, dir, attrs;
@@

 ret = dma_map_sgtable(dev, E->sgt, dir, attrs);
 if (\(ret\|ret < 0\))
 \(return ret;\|goto end;\)

@unmapped_at depends on mapped_at@
identifier prep_at.sgt;
expression E;
@@

 dma_unmap_sgtable(..., E->sgt, ...)

@script:python names_at depends on unmapped_at@
sgt << prep_at.sgt;
vecs;
prepared;
@@

coccinelle.vecs = sgt + "_vecs"
coccinelle.prepared = sgt + "_prepared"

@depends on context && names_at@
position prep_at.p;
@@

* dmaengine_prep_slave_sg@p(...)

@script:python depends on org && names_at@
p << prep_at.p;
@@

coccilib.org.print_todo(p[0], "opportunity for dma_vec_prep_table()")

@script:python depends on report && names_at@
p << prep_at.p;
@@

coccilib.report.print_report(p[0], "opportunity for dma_vec_prep_table()")

@depends on patch && names_at@
identifier prep_at.sgt, member_at.T, names_at.vecs, names_at.prepared;
@@

 struct T {
 ...
 struct sg_table *sgt;
+struct dma_vec_table vecs;
+struct dma_vec_prepared prepared;
 ...
 };

// Before there is one more, where making the table fails
@depends on patch && names_at@
identifier prep_at.sgt, names_at.vecs, names_at.prepared;
expression E;
expression list es1, es2;
@@

+dma_vec_unprepare(&E->prepared);
+dma_vec_table_free(&E->vecs);
 dma_unmap_sgtable(es1, E->sgt, es2);

@depends on patch && names_at@
identifier prep_at.sgt, names_at.vecs, ret;
expression E, dev, dir, attrs;
@@

 ret = dma_map_sgtable(dev, E->sgt, dir, attrs);
 if (\(ret\|ret < 0\))
 return ret;
+ret = dma_vec_table_from_sgt(&E->vecs, E->sgt, GFP_KERNEL);
+if (ret) {
+	dma_unmap_sgtable(dev, E->sgt, dir, attrs);
+	return ret;
+}

@depends on patch && names_at@
identifier prep_at.sgt, names_at.vecs, ret, end;
expression E, dev, dir, attrs;
@@

 ret = dma_map_sgtable(dev, E->sgt, dir, attrs);
 if (\(ret\|ret < 0\))
 goto end;
+ret = dma_vec_table_from_sgt(&E->vecs, E->sgt, GFP_KERNEL);
+if (ret) {
+	dma_unmap_sgtable(dev, E->sgt, dir, attrs);
+	goto end;
+}

@depends on patch && names_at@
identifier prep_at.sgt, prep_at.desc;
expression E;
statement S;
@@

 desc = dmaengine_prep_slave_sg(..., E->sgt->sgl, ...);
 if (
- !desc
+ IS_ERR(desc)
 ) S

@depends on patch && names_at@
identifier prep_at.sgt, names_at.vecs, names_at.prepared;
expression E, chan, dir, flags;
@@

- dmaengine_prep_slave_sg(chan, E->sgt->sgl, E->sgt->nents, dir, flags)
+ dma_vec_prep_table(chan, &E->vecs, &E->prepared, dir, flags)
