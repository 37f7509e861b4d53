// SPDX-License-Identifier: GPL-2.0-only
/// Put a descriptor that can be reused back before its callback is called,
/// which may submit it again.
//# Clients of providers which take DMA vectors do that. It has to be done once,
//# in drivers/dma/virt-dma.c, before the first such driver that sets
//# descriptor_reuse takes vectors.
///
// Confidence: High
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

@bad@
idexpression struct virt_dma_desc *vd;
identifier cb;
position p;
@@

 dmaengine_desc_get_callback(&vd->tx, &cb);
 list_del(&vd->node);
 dmaengine_desc_callback_invoke@p(&cb, &vd->tx_result);
 vchan_vdesc_fini(vd);

@depends on context@
position bad.p;
@@

* dmaengine_desc_callback_invoke@p(...);

@depends on patch@
idexpression struct virt_dma_desc *vd;
identifier cb;
@@

 dmaengine_desc_get_callback(&vd->tx, &cb);
+result = vd->tx_result;
+reuse = dmaengine_desc_test_reuse(&vd->tx);
 list_del(&vd->node);
-dmaengine_desc_callback_invoke(&cb, &vd->tx_result);
-vchan_vdesc_fini(vd);
+if (reuse)
+	vchan_vdesc_fini(vd);
+dmaengine_desc_callback_invoke(&cb, &result);
+if (!reuse)
+	vchan_vdesc_fini(vd);

@depends on patch && bad@
identifier cb;
@@

 vchan_complete(...)
 {
 ...
 struct dmaengine_desc_callback cb;
+struct dmaengine_result result;
+bool reuse;
 ...
 }

@script:python depends on org@
p << bad.p;
@@

coccilib.org.print_todo(p[0], "reusable descriptor is not back when its callback runs")

@script:python depends on report@
p << bad.p;
@@

coccilib.report.print_report(p[0], "WARNING: reusable descriptor is not back when its callback runs")
