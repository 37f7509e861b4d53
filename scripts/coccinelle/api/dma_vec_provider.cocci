// SPDX-License-Identifier: GPL-2.0-only
/// Let a DMA engine driver take DMA vectors as well as scatterlists: what
/// device_prep_slave_sg() does moves to a function that is given an iterator,
/// and both operations become wrappers around that.
//# Only functions which look at nothing but the DMA address and the DMA length
//# of entries are converted. Left to do by hand: "select DMA_VEC" in the driver's
//# Kconfig entry, and moving the comment on the operation to its wrapper; see
//# Documentation/driver-api/dma-vec-reusing.rst.
///
// Confidence: Moderate
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

@initialize:python@
@@

import re

# What the iterator cannot stand for, by the function that it is in
refused = {}
# The functions that others hand the list, or an entry, to
preps = set()
helpers = {}
callers = {}
defined = set()
lists = set()
# Where else something is handed a list which has the name of a function's list
namesakes = {}


def refuse(function, why):
    refused.setdefault(function, why)


def handed(function, helper, p, q):
    where = q[0].current_element
    if (where, p[0].line, p[0].column) not in lists:
        return
    helpers.setdefault(where, set()).add(helper)
    if where not in preps:
        namesakes.setdefault(function, set()).add((where, helper))


def refusal(function):
    """Why not? None if the function can be converted, with all that it calls."""
    if function in refused:
        return refused[function]
    for helper in sorted(helpers.get(function, ())):
        if helper not in defined:
            return "%s() is somewhere else" % helper
        if callers[helper] != {function}:
            return "%s() has other callers" % helper
        if helper in refused:
            return refused[helper]
    others = sorted(namesakes.get(function, ()))
    for where, helper in others:
        if where in helpers.get(function, ()):
            return "%s() hands it to %s()" % (where, helper)
    for where, helper in others:
        return "%s(), too, has a list of that name" % where
    return None


def renamed(function, name):
    new = re.sub("(slave|device)_sg", name, function)
    return new if new != function else function + "_" + name

// ----------------------------------------------------------------------------
// Which functions are there, and what do they do with the list?

@sgs@
idexpression struct scatterlist *x;
position p;
@@

 x@p

@script:python@
p << sgs.p;
@@

lists.add((p[0].current_element, p[0].line, p[0].column))

@prep@
identifier f, chan, sgl, n, dir, flags, ctx;
type T;
position p;
@@

 struct dma_async_tx_descriptor *f@p(struct dma_chan *chan, struct scatterlist *sgl, T n,
				   enum dma_transfer_direction dir,
				   unsigned long flags, void *ctx)
 { ... }

@assigned@
identifier prep.f;
expression E;
position p;
@@

(
 E->device_prep_slave_sg@p = f
|
 E.device_prep_slave_sg@p = f
)

@script:python@
f << prep.f;
p << assigned.p;
@@

preps.add(f)

@loop depends on assigned@
identifier prep.sgl, prep.n, sg, i;
iterator name for_each_sg;
statement S;
position p, q;
@@

 for_each_sg(sgl@p, sg@q, n, i) S

// Parts of the work may be done by functions that are given an entry, or the
// list and its length

// Into how many pieces of some length are they cut? In the operation, or in
// something that is given the list and its length

@pieces depends on assigned@
identifier prep.sgl, prep.n;
expression E;
position p;
@@

 sg_nents_for_dma(sgl@p, n, E)

@entry_call depends on assigned@
identifier loop.sg, h !~ "^(sg_dma_address|sg_dma_len|struct_size)$|_flex$";
position p, q;
@@

 h@q(..., sg@p, ...)

@entry_helper@
identifier entry_call.h, x;
type R;
@@

 R h(..., struct scatterlist *x, ...)
 { ... }

@list_call depends on assigned@
identifier prep.sgl, prep.n, h !~ "^(struct_size|sg_nents_for_dma)$|_flex$";
position p, q;
@@

 h@q(..., sgl@p, n, ...)

@list_helper@
identifier list_call.h, x, m;
type R, T;
@@

 R h(..., struct scatterlist *x, T m, ...)
 { ... }

@list_loop@
identifier list_helper.x, list_helper.m, sg, i;
iterator name for_each_sg;
statement S;
position p, q;
@@

 for_each_sg(x@p, sg@q, m, i) S

@list_pieces@
identifier list_helper.x, list_helper.m;
expression E;
position p;
@@

 sg_nents_for_dma(x@p, m, E)

@first_call depends on assigned@
identifier prep.sgl, h !~ "^(sg_dma_address|sg_dma_len|struct_size)$|_flex$";
position p != { list_call.p, pieces.p }, q;
@@

 h@q(..., sgl@p, ...)

@first_helper@
identifier first_call.h, x;
type R;
@@

 R h(..., struct scatterlist *x, ...)
 { ... }

// Nobody else may call those

@entry_user@
identifier entry_call.h;
position p;
@@

 h@p(...)

@script:python@
h << entry_call.h;
p << entry_user.p;
@@

callers.setdefault(h, set()).add(p[0].current_element)

@script:python@
h << entry_call.h;
x << entry_helper.x;
@@

defined.add(h)

@list_user@
identifier list_call.h;
position p;
@@

 h@p(...)

@script:python@
h << list_call.h;
p << list_user.p;
@@

callers.setdefault(h, set()).add(p[0].current_element)

@script:python@
h << list_call.h;
x << list_helper.x;
@@

defined.add(h)

@first_user@
identifier first_call.h;
position p;
@@

 h@p(...)

@script:python@
h << first_call.h;
p << first_user.p;
@@

callers.setdefault(h, set()).add(p[0].current_element)

@script:python@
h << first_call.h;
x << first_helper.x;
@@

defined.add(h)

@script:python@
f << prep.f;
h << entry_call.h;
p << entry_call.p;
q << entry_call.q;
@@

handed(f, h, p, q)

@script:python@
f << prep.f;
h << list_call.h;
p << list_call.p;
q << list_call.q;
@@

handed(f, h, p, q)

@script:python@
f << prep.f;
h << first_call.h;
p << first_call.p;
q << first_call.q;
@@

handed(f, h, p, q)

@entry depends on assigned@
idexpression struct scatterlist *x;
position p;
@@

(
 sg_dma_address(x@p)
|
 sg_dma_len(x@p)
)

@direct depends on assigned@
identifier loop.sg;
position p;
@@

 sg@p->dma_address

@index depends on assigned@
identifier prep.sgl;
idexpression i;
position p;
@@

(
 sg_dma_address(&sgl@p[i])
|
 sg_dma_len(&sgl@p[i])
)

@null depends on assigned@
identifier prep.sgl;
position p;
@@

(
 sgl@p == NULL
|
 !sgl@p
)

@size depends on assigned@
idexpression struct scatterlist *x;
identifier alloc =~ "_flex$";
expression E1, E2, E3;
position p;
@@

// The name of a member, not the list
(
 struct_size(E1, x@p, E2)
|
 alloc(E1, x@p, E2, E3)
)

@other depends on assigned@
idexpression struct scatterlist *x;
position p != { loop.p, loop.q, list_loop.p, list_loop.q, entry_call.p,
		list_call.p, first_call.p, entry.p, direct.p, index.p, null.p,
		size.p, pieces.p, list_pieces.p };
@@

 x@p

@script:python@
x << other.x;
p << other.p;
@@

refuse(p[0].current_element,
       "line %s: %s is used for more than its DMA side" % (p[0].line, x))

@after depends on assigned exists@
identifier sgl, sg, n, i;
iterator name for_each_sg;
statement S1, S2;
position p;
@@

 for_each_sg(sgl, sg, n, i) S1
 ... when != for_each_sg(sgl, sg, n, i) S2
(
 sg_dma_address@p(sg)
|
 sg_dma_len@p(sg)
)

@script:python@
p << after.p;
@@

refuse(p[0].current_element,
       "line %s: looks at an entry when the loop is over" % p[0].line)

// Some do already

@native depends on assigned exists@
identifier prep.f, g;
expression E;
position p;
@@

(
 E->device_prep_peripheral_dma_vec = g;
|
 E.device_prep_peripheral_dma_vec = g;
)
 ... when any
(
 E->device_prep_slave_sg@p = f;
|
 E.device_prep_slave_sg@p = f;
)

@native_after depends on assigned exists@
identifier prep.f, g;
expression E;
position p;
@@

(
 E->device_prep_slave_sg@p = f;
|
 E.device_prep_slave_sg@p = f;
)
 ... when any
(
 E->device_prep_peripheral_dma_vec = g;
|
 E.device_prep_peripheral_dma_vec = g;
)

@script:python@
f << prep.f;
g << native.g;
p << native.p;
@@

refuse(f, "%s() does already" % g)

@script:python@
f << prep.f;
g << native_after.g;
p << native_after.p;
@@

refuse(f, "%s() does already" % g)

// ----------------------------------------------------------------------------
// What to say, and the functions to convert with the names that their parts get

@script:python depends on report@
f << prep.f;
p << prep.p;
a << assigned.p;
@@

why = refusal(f)
if why:
    msg = "%s cannot take DMA vectors as it is: %s" % (f, why)
else:
    msg = "opportunity for %s to take DMA vectors" % f
coccilib.report.print_report(p[0], msg)

@script:python depends on org@
f << prep.f;
p << prep.p;
a << assigned.p;
@@

if not refusal(f):
    coccilib.org.print_todo(p[0], "opportunity for %s to take DMA vectors" % f)

@script:python good depends on patch || context@
f << prep.f;
a << assigned.p;
iter_f;
vec_f;
@@

if refusal(f):
    cocci.include_match(False)
else:
    coccinelle.iter_f = renamed(f, "iter")
    coccinelle.vec_f = renamed(f, "peripheral_dma_vec")

@depends on context && good@
identifier prep.f;
expression E;
@@

(
* E->device_prep_slave_sg = f
|
* E.device_prep_slave_sg = f
)

@depends on context && good@
identifier prep.f, prep.sgl, prep.n, sg, i;
iterator name for_each_sg;
statement S;
@@

 f(...)
 {
 <...
* for_each_sg(sgl, sg, n, i) S
 ...>
 }

// ----------------------------------------------------------------------------
// Functions that are given an entry get a vector

@script:python entry_ok depends on patch@
f << prep.f;
h << entry_call.h;
@@

if refusal(f):
    cocci.include_match(False)

@depends on patch && entry_ok@
identifier entry_call.h, entry_helper.x, print =~ "^(dev|pr)_";
typedef u32;
@@

 h(...)
 {
 <...
 print(...,
- sg_dma_len(x)
+ (u32)vec->len
 ,...)
 ...>
 }

@depends on patch && entry_ok@
identifier entry_call.h, entry_helper.x;
@@

 h(...)
 {
 <...
(
- sg_dma_address(x)
+ vec->addr
|
- sg_dma_len(x)
+ vec->len
)
 ...>
 }

@depends on patch && entry_ok@
identifier entry_call.h, entry_helper.x;
@@

 h(...,
- struct scatterlist *x
+ const struct dma_vec *vec
  ,...)
 { ... }

@script:python first_ok depends on patch@
f << prep.f;
h << first_call.h;
@@

if refusal(f):
    cocci.include_match(False)

@depends on patch && first_ok@
identifier first_call.h, first_helper.x, print =~ "^(dev|pr)_";
typedef u32;
@@

 h(...)
 {
 <...
 print(...,
- sg_dma_len(x)
+ (u32)vec->len
 ,...)
 ...>
 }

@depends on patch && first_ok@
identifier first_call.h, first_helper.x;
@@

 h(...)
 {
 <...
(
- sg_dma_address(x)
+ vec->addr
|
- sg_dma_len(x)
+ vec->len
)
 ...>
 }

@depends on patch && first_ok@
identifier first_call.h, first_helper.x;
@@

 h(...,
- struct scatterlist *x
+ const struct dma_vec *vec
  ,...)
 { ... }

@depends on patch && entry_ok@
identifier prep.f, entry_call.h, loop.sg;
@@

 f(...)
 {
 <...
 h(...,
- sg
+ &vec
 ,...)
 ...>
 }

// ----------------------------------------------------------------------------
// Functions that are given the list get an iterator, a copy of which walks

@script:python list_ok depends on patch@
f << prep.f;
h << list_call.h;
@@

if refusal(f):
    cocci.include_match(False)

@first_list depends on patch && list_ok@
identifier list_call.h, list_helper.x;
@@

 h(...)
 {
 <+...
(
 sg_dma_address(x)
|
 sg_dma_len(x)
)
 ...+>
 }

@depends on patch && first_list@
identifier list_call.h;
@@

 h(...)
 {
+ const struct dma_vec first = dma_vec_iter_first(entries);
 ...
 }

@depends on patch && list_ok@
identifier list_call.h, list_helper.x, print =~ "^(dev|pr)_";
@@

 h(...)
 {
 <...
 print(...,
- sg_dma_len(x)
+ (u32)first.len
 ,...)
 ...>
 }

@depends on patch && list_ok@
identifier list_call.h, list_helper.x;
@@

 h(...)
 {
 <...
(
- sg_dma_address(x)
+ first.addr
|
- sg_dma_len(x)
+ first.len
)
 ...>
 }

@depends on patch && list_ok@
identifier list_call.h, list_loop.sg, print =~ "^(dev|pr)_";
typedef u32;
@@

 h(...)
 {
 <...
 print(...,
- sg_dma_len(sg)
+ (u32)vec.len
 ,...)
 ...>
 }

@depends on patch && list_ok@
identifier list_call.h, list_loop.sg;
@@

 h(...)
 {
 <...
(
- sg_dma_address(sg)
+ vec.addr
|
- sg->dma_address
+ vec.addr
|
- sg_dma_len(sg)
+ vec.len
)
 ...>
 }

@depends on patch && list_ok@
identifier list_call.h, list_helper.x, list_helper.m, list_loop.sg, i;
iterator name for_each_sg;
statement S;
@@

 h(...)
 {
 <...
- for_each_sg(x, sg, m, i)
+ for (walk = *entries, i = 0; dma_vec_iter_next(&walk, &vec); i++)
 S
 ...>
 }

@depends on patch && list_ok@
identifier list_call.h, list_helper.x, list_helper.m;
expression E;
@@

 h(...)
 {
 <...
- sg_nents_for_dma(x, m, E)
+ dma_vec_iter_nents_for_dma(entries, E)
 ...>
 }

@depends on patch && list_ok@
identifier list_call.h, list_loop.sg;
@@

 h(...)
 {
 <...
- struct scatterlist *sg;
+ struct dma_vec_iter walk;
+ struct dma_vec vec;
 ...>
 }

@depends on patch && list_ok@
identifier list_call.h, list_helper.x;
@@

 h(...,
- struct scatterlist *x
+ const struct dma_vec_iter *entries
  ,...)
 { ... }

@depends on patch && list_ok@
identifier prep.f, prep.sgl, list_call.h;
@@

 f(...)
 {
 <...
 h(...,
- sgl
+ entries
 ,...)
 ...>
 }

// ----------------------------------------------------------------------------
// The operation itself: the iterator is never empty

@depends on patch && good@
identifier prep.f, prep.sgl;
expression E;
statement S;
@@

 f(...)
 {
 <...
(
- if (sgl == NULL) S
|
- (sgl == NULL) || (E)
+ E
|
- (sgl == NULL) || E
+ E
|
- E || (sgl == NULL)
+ E
|
- sgl == NULL || E
+ E
|
- E || sgl == NULL
+ E
)
 ...>
 }

@indexed depends on patch && good@
identifier prep.f, prep.sgl, prep.n, i;
@@

 f(...)
 {
+ struct dma_vec_iter walk;
+ struct dma_vec vec;
 <+...
- for (i = 0; i < n; i++)
+ for (walk = *entries, i = 0; dma_vec_iter_next(&walk, &vec); i++)
 {
 <+...
 sg_dma_address(&sgl[i])
 ...+>
 }
 ...+>
 }

@depends on patch && indexed@
identifier prep.f, prep.sgl, i;
@@

 f(...)
 {
 <...
(
- sg_dma_address(&sgl[i])
+ vec.addr
|
- sg_dma_len(&sgl[i])
+ vec.len
)
 ...>
 }

@handed_first depends on patch && first_ok@
identifier prep.f, prep.sgl, first_call.h;
@@

 f(...)
 {
 <...
 h(...,
- sgl
+ &first
 ,...)
 ...>
 }

@depends on patch && handed_first@
identifier prep.f;
@@

 f(...)
 {
+ const struct dma_vec first = dma_vec_iter_first(entries);
 ...
 }

@first_op depends on patch && good && !handed_first@
identifier prep.f, prep.sgl;
@@

 f(...)
 {
 <+...
(
 sg_dma_address(sgl)
|
 sg_dma_len(sgl)
)
 ...+>
 }

@depends on patch && first_op@
identifier prep.f;
@@

 f(...)
 {
+ const struct dma_vec first = dma_vec_iter_first(entries);
 ...
 }

@depends on patch && good@
identifier prep.f, prep.sgl, print =~ "^(dev|pr)_";
@@

 f(...)
 {
 <...
 print(...,
- sg_dma_len(sgl)
+ (u32)first.len
 ,...)
 ...>
 }

@depends on patch && good@
identifier prep.f, prep.sgl;
@@

 f(...)
 {
 <...
(
- sg_dma_address(sgl)
+ first.addr
|
- sg_dma_len(sgl)
+ first.len
)
 ...>
 }

@depends on patch && good@
identifier prep.f, loop.sg, print =~ "^(dev|pr)_";
typedef u32;
@@

 f(...)
 {
 <...
 print(...,
- sg_dma_len(sg)
+ (u32)vec.len
 ,...)
 ...>
 }

@depends on patch && good@
identifier prep.f, loop.sg;
@@

 f(...)
 {
 <...
(
- sg_dma_address(sg)
+ vec.addr
|
- sg->dma_address
+ vec.addr
|
- sg_dma_len(sg)
+ vec.len
)
 ...>
 }

@depends on patch && good@
identifier prep.f, prep.sgl, prep.n, loop.sg, i;
iterator name for_each_sg;
statement S;
@@

 f(...)
 {
 <...
- for_each_sg(sgl, sg, n, i)
+ for (walk = *entries, i = 0; dma_vec_iter_next(&walk, &vec); i++)
 S
 ...>
 }

@depends on patch && good@
identifier prep.f, prep.sgl, prep.n;
expression E;
@@

 f(...)
 {
 <...
- sg_nents_for_dma(sgl, n, E)
+ dma_vec_iter_nents_for_dma(entries, E)
 ...>
 }

@depends on patch && good@
identifier prep.f, loop.sg;
@@

 f(...)
 {
 <...
- struct scatterlist *sg;
+ struct dma_vec_iter walk;
+ struct dma_vec vec;
 ...>
 }

// ----------------------------------------------------------------------------
// The wrappers

@uses_ctx depends on patch && good@
identifier prep.f, prep.ctx;
@@

 f(...)
 {
 <+...
 ctx
 ...+>
 }

@own depends on patch && good@
identifier prep.f;
@@

 static struct dma_async_tx_descriptor *f(...)
 { ... }

@depends on patch && good && own && !uses_ctx@
identifier prep.f, prep.chan, prep.sgl, prep.n, prep.dir, prep.flags, prep.ctx;
identifier good.iter_f;
type prep.T;
@@

 struct dma_async_tx_descriptor *
- f
+ iter_f
  (struct dma_chan *chan,
- struct scatterlist *sgl
+ const struct dma_vec_iter *entries
  , T n, enum dma_transfer_direction dir, unsigned long flags
- , void *ctx
  )
 { ... }
+
+static struct dma_async_tx_descriptor *
+f(struct dma_chan *chan, struct scatterlist *sgl, T n,
+  enum dma_transfer_direction dir, unsigned long flags, void *ctx)
+{
+	struct dma_vec_iter iter;
+
+	if (dma_vec_iter_init_entries(&iter, sgl, n))
+		return NULL;
+	return iter_f(chan, &iter, n, dir, flags);
+}

@depends on patch && good && own && !uses_ctx@
identifier prep.f, prep.chan, prep.dir, prep.flags;
identifier good.iter_f, good.vec_f;
@@

 f(...)
 { ... }
+
+static struct dma_async_tx_descriptor *
+vec_f(struct dma_chan *chan, const struct dma_vec *vecs, size_t nents,
+      enum dma_transfer_direction dir, unsigned long flags)
+{
+	struct dma_vec_iter iter;
+	int count;
+
+	count = dma_vec_iter_init_slave(&iter, chan, vecs, nents);
+	if (count < 0)
+		return NULL;
+	return iter_f(chan, &iter, count, dir, flags);
+}

@depends on patch && good && own && uses_ctx@
identifier prep.f, prep.chan, prep.sgl, prep.n, prep.dir, prep.flags, prep.ctx;
identifier good.iter_f;
type prep.T;
@@

 struct dma_async_tx_descriptor *
- f
+ iter_f
  (struct dma_chan *chan,
- struct scatterlist *sgl
+ const struct dma_vec_iter *entries
  , T n, enum dma_transfer_direction dir, unsigned long flags
  , void *ctx
  )
 { ... }
+
+static struct dma_async_tx_descriptor *
+f(struct dma_chan *chan, struct scatterlist *sgl, T n,
+  enum dma_transfer_direction dir, unsigned long flags, void *ctx)
+{
+	struct dma_vec_iter iter;
+
+	if (dma_vec_iter_init_entries(&iter, sgl, n))
+		return NULL;
+	return iter_f(chan, &iter, n, dir, flags, ctx);
+}

@depends on patch && good && own && uses_ctx@
identifier prep.f, prep.chan, prep.dir, prep.flags;
identifier good.iter_f, good.vec_f;
@@

 f(...)
 { ... }
+
+static struct dma_async_tx_descriptor *
+vec_f(struct dma_chan *chan, const struct dma_vec *vecs, size_t nents,
+      enum dma_transfer_direction dir, unsigned long flags)
+{
+	struct dma_vec_iter iter;
+	int count;
+
+	count = dma_vec_iter_init_slave(&iter, chan, vecs, nents);
+	if (count < 0)
+		return NULL;
+	return iter_f(chan, &iter, count, dir, flags, NULL);
+}

// What has its operation in another file has a prototype of it as well

@depends on patch && good && !own && !uses_ctx@
identifier prep.f, prep.chan, prep.sgl, prep.n, prep.dir, prep.flags, prep.ctx;
identifier good.iter_f;
type prep.T;
@@

+static
 struct dma_async_tx_descriptor *
- f
+ iter_f
  (struct dma_chan *chan,
- struct scatterlist *sgl
+ const struct dma_vec_iter *entries
  , T n, enum dma_transfer_direction dir, unsigned long flags
- , void *ctx
  )
 { ... }
+
+struct dma_async_tx_descriptor *
+f(struct dma_chan *chan, struct scatterlist *sgl, T n,
+  enum dma_transfer_direction dir, unsigned long flags, void *ctx)
+{
+	struct dma_vec_iter iter;
+
+	if (dma_vec_iter_init_entries(&iter, sgl, n))
+		return NULL;
+	return iter_f(chan, &iter, n, dir, flags);
+}

@depends on patch && good && !own && !uses_ctx@
identifier prep.f, prep.chan, prep.dir, prep.flags;
identifier good.iter_f, good.vec_f;
@@

 f(...)
 { ... }
+
+struct dma_async_tx_descriptor *
+vec_f(struct dma_chan *chan, const struct dma_vec *vecs, size_t nents,
+      enum dma_transfer_direction dir, unsigned long flags)
+{
+	struct dma_vec_iter iter;
+	int count;
+
+	count = dma_vec_iter_init_slave(&iter, chan, vecs, nents);
+	if (count < 0)
+		return NULL;
+	return iter_f(chan, &iter, count, dir, flags);
+}

@depends on patch && good && !own@
identifier prep.f, prep.chan, prep.dir, prep.flags, good.vec_f;
@@

 struct dma_async_tx_descriptor *f(...);
+struct dma_async_tx_descriptor *
+vec_f(struct dma_chan *chan, const struct dma_vec *vecs, size_t nents,
+      enum dma_transfer_direction dir, unsigned long flags);

@depends on patch && good@
identifier prep.f, good.vec_f;
expression E;
@@

(
 E->device_prep_slave_sg = f;
+E->device_prep_peripheral_dma_vec = vec_f;
|
 E.device_prep_slave_sg = f;
+E.device_prep_peripheral_dma_vec = vec_f;
)
