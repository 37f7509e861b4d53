/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Simulated AXI-DMAC core: what a test or a simulated board may do with it.
 *
 * The model is a register file behind an emulated MMIO window, plus the parts
 * of the core that a driver can observe: request queue, descriptor fetcher,
 * data path, interrupt line and shutdown sequence. It knows no driver. It
 * reaches memory only through the bus addresses that were written to it, and
 * it records what a correct driver never does (enum axi_dmac_model_error).
 *
 * An instance either runs on its own (config.free_running), or is stepped: then
 * nothing happens until a test asks for it, one event at a time.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef AXI_DMAC_MODEL_H
#define AXI_DMAC_MODEL_H

#include <linux/bits.h>
#include <linux/types.h>

struct axi_dmac_model;
struct device;
struct device_node;
struct platform_device;

/* Byte offsets of the registers */
#define ADM_REG_VERSION			0x000
#define ADM_REG_PERIPHERAL_ID		0x004
#define ADM_REG_SCRATCH			0x008
#define ADM_REG_IDENTIFICATION		0x00c
#define ADM_REG_INTERFACE_DESC_1	0x010
#define ADM_REG_INTERFACE_DESC_2	0x014
#define ADM_REG_IRQ_MASK		0x080
#define ADM_REG_IRQ_PENDING		0x084
#define ADM_REG_IRQ_SOURCE		0x088
#define ADM_REG_CONTROL			0x400
#define ADM_REG_TRANSFER_ID		0x404
#define ADM_REG_SUBMIT			0x408
#define ADM_REG_FLAGS			0x40c
#define ADM_REG_DEST_ADDRESS		0x410
#define ADM_REG_SRC_ADDRESS		0x414
#define ADM_REG_X_LENGTH		0x418
#define ADM_REG_Y_LENGTH		0x41c
#define ADM_REG_DEST_STRIDE		0x420
#define ADM_REG_SRC_STRIDE		0x424
#define ADM_REG_TRANSFER_DONE		0x428
#define ADM_REG_ACTIVE_TRANSFER_ID	0x42c
#define ADM_REG_STATUS			0x430
#define ADM_REG_CURRENT_DEST_ADDRESS	0x434
#define ADM_REG_CURRENT_SRC_ADDRESS	0x438
#define ADM_REG_DEBUG_STATUS		0x43c
#define ADM_REG_TRANSFER_PROGRESS	0x448
#define ADM_REG_PARTIAL_LENGTH		0x44c
#define ADM_REG_PARTIAL_ID		0x450
#define ADM_REG_DESCRIPTOR_ID		0x454
#define ADM_REG_SG_ADDRESS		0x47c
#define ADM_REG_DEST_ADDRESS_HIGH	0x490
#define ADM_REG_SRC_ADDRESS_HIGH	0x494
#define ADM_REG_CURRENT_DEST_HIGH	0x498
#define ADM_REG_CURRENT_SRC_HIGH	0x49c
#define ADM_REG_SG_ADDRESS_HIGH		0x4bc

#define ADM_IRQ_SOT			BIT(0)
#define ADM_IRQ_EOT			BIT(1)

#define ADM_CONTROL_ENABLE		BIT(0)
#define ADM_CONTROL_PAUSE		BIT(1)
#define ADM_CONTROL_HWDESC		BIT(2)

#define ADM_FLAG_CYCLIC			BIT(0)
#define ADM_FLAG_LAST			BIT(1)
#define ADM_FLAG_PARTIAL		BIT(2)

#define ADM_DONE_PARTIAL		BIT(31)

/* Flags word of a hardware descriptor */
#define ADM_DESC_LAST			BIT(0)
#define ADM_DESC_IRQ			BIT(1)

/**
 * enum axi_dmac_model_erratum - what a core does wrong
 * @ADM_ERRATUM_TLAST: with scatter-gather, each descriptor on the way to a stream
 *	ends a packet, not only the last one of its chain
 * @ADM_ERRATUM_SHORT_BURST: towards memory, a segment of a single burst, not a full
 *	one, is not written if it was accepted while another one is under way, until the
 *	data of a third one is complete, and then with the third one's length. The core
 *	does not become quiet as long as it waits for that. Rows of a 2D segment are not
 *	looked at.
 * @ADM_ERRATUM_REPLAY: when a packet ends early in a segment with LAST, and two more
 *	are there, then the next one is lost, and so is the one behind it, if the core
 *	was through with requesting the next one. It looks config.look_ahead bursts
 *	ahead.
 * @ADM_ERRATUM_ROWS: towards memory, with more than four rows under way, the end of a
 *	2D segment is reported four rows early, and once more where it is. So many rows
 *	may be under way as there are bursts requested and not answered, which is up to
 *	twice what the core looks ahead.
 * @ADM_ERRATUM_RECORDS: with scatter-gather, when more than five records are not read,
 *	the EOTs of all descriptors that were fetched are counted with the next one that
 *	is read; on cores with 2D transfers no segment completes any more
 * @ADM_ERRATUM_PAUSE: a pause makes the core forget the descriptors of a chain that it
 *	has not fetched yet; it goes on with the next chain
 * @ADM_ERRATA: all of them
 *
 * They are properties of all versions that were looked at. A driver cannot ask for
 * them; it has to avoid what they need.
 */
enum axi_dmac_model_erratum {
	ADM_ERRATUM_TLAST = BIT(0),
	ADM_ERRATUM_SHORT_BURST = BIT(1),
	ADM_ERRATUM_REPLAY = BIT(2),
	ADM_ERRATUM_ROWS = BIT(3),
	ADM_ERRATUM_RECORDS = BIT(4),
	ADM_ERRATUM_PAUSE = BIT(5),
	ADM_ERRATA = ADM_ERRATUM_TLAST | ADM_ERRATUM_SHORT_BURST | ADM_ERRATUM_REPLAY |
		     ADM_ERRATUM_ROWS | ADM_ERRATUM_RECORDS | ADM_ERRATUM_PAUSE,
};

/* Aperture of one core; the core itself decodes the low 11 address bits */
#define ADM_WINDOW_SIZE			0x1000
#define ADM_APERTURE			0x800

#define ADM_VERSION(major, minor, letter) \
	(((major) << 16) | ((minor) << 8) | (letter))

enum axi_dmac_model_bus {
	ADM_BUS_MM = 0,
	ADM_BUS_STREAM = 1,
	ADM_BUS_FIFO = 2,
};

/**
 * enum axi_dmac_model_mover - how much of the data really moves
 * @ADM_MOVER_FULL: every byte
 * @ADM_MOVER_SPARSE: only stamps: the 64-bit little-endian stream position in
 *	bytes, in the first and the last 8 bytes of every segment and wherever
 *	that position is a multiple of 4096; on the way out they are checked
 * @ADM_MOVER_NONE: no memory is touched
 * @ADM_MOVER_INSTANT: requests end, with one EOT, as soon as their turn comes.
 *	Chains are not even read: what measures a driver must not grow with what
 *	the driver prepared. Not for rings of descriptors.
 *
 * The stream operations are called in every mode but the last, with a NULL
 * pointer where they only have to account for the bytes.
 */
enum axi_dmac_model_mover {
	ADM_MOVER_FULL,
	ADM_MOVER_SPARSE,
	ADM_MOVER_NONE,
	ADM_MOVER_INSTANT,
};

/**
 * enum axi_dmac_model_early - what an ENABLE before the core is quiet leads to
 * @ADM_EARLY_LOST: the next request is accepted and never served
 *	(independent clocks, the core's default)
 * @ADM_EARLY_COUNTED: the next request is served, and an EOT of a request from
 *	before is counted as well (common clock)
 */
enum axi_dmac_model_early {
	ADM_EARLY_LOST,
	ADM_EARLY_COUNTED,
};

/**
 * enum axi_dmac_model_error - things that a correct driver never does
 * @ADM_ERR_LIVE_REGISTER: transfer register written while SUBMIT reads 1
 * @ADM_ERR_SUBMIT_DISABLED: SUBMIT written while ENABLE is 0; it is lost
 * @ADM_ERR_ENABLE_BUSY: ENABLE set before the core was quiet
 * @ADM_ERR_HWDESC_BUSY: HWDESC changed while the core was not quiet
 * @ADM_ERR_FREED: access to memory that is free, poisoned or forbidden
 * @ADM_ERR_NO_MEMORY: access to an address that is no memory
 * @ADM_ERR_BUS_ALIGN: address is no multiple of the bus width
 * @ADM_ERR_LENGTH_ALIGN: length is no multiple of the stream width
 * @ADM_ERR_BURST_ALIGN: segment of several bursts whose address is no multiple
 *	of the burst size
 * @ADM_ERR_BURST_4K: burst crosses a 4 KiB boundary
 * @ADM_ERR_DESC_ALIGN: descriptor address is no multiple of 8 bytes
 * @ADM_ERR_DESC_4K: descriptor crosses a 4 KiB boundary
 * @ADM_ERR_SUBWORD: write narrower than a word
 * @ADM_ERR_COUNT: number of kinds
 */
enum axi_dmac_model_error {
	ADM_ERR_LIVE_REGISTER,
	ADM_ERR_SUBMIT_DISABLED,
	ADM_ERR_ENABLE_BUSY,
	ADM_ERR_HWDESC_BUSY,
	ADM_ERR_FREED,
	ADM_ERR_NO_MEMORY,
	ADM_ERR_BUS_ALIGN,
	ADM_ERR_LENGTH_ALIGN,
	ADM_ERR_BURST_ALIGN,
	ADM_ERR_BURST_4K,
	ADM_ERR_DESC_ALIGN,
	ADM_ERR_DESC_4K,
	ADM_ERR_SUBWORD,
	ADM_ERR_COUNT
};

/**
 * struct axi_dmac_model_fault - one recorded driver error
 * @kind: what it was
 * @reg: register written, for errors of register accesses
 * @addr: bus address, for errors of memory accesses
 * @val: value written, or length of the access in bytes
 */
struct axi_dmac_model_fault {
	enum axi_dmac_model_error kind;
	u32 reg;
	u64 addr;
	u64 val;
};

/* config.quiesce_ticks: the shutdown never ends */
#define ADM_NEVER	U32_MAX

/**
 * struct axi_dmac_model_config - synthesis parameters and behaviour of a core
 * @name: for debugfs and messages; NULL gives "kunit-<window>"
 * @version: VERSION word, see ADM_VERSION()
 * @id: PERIPHERAL_ID
 * @src_type: enum axi_dmac_model_bus
 * @dest_type: enum axi_dmac_model_bus
 * @src_width: bytes per beat, a power of two
 * @dest_width: bytes per beat, a power of two
 * @length_width: DMA_LENGTH_WIDTH, 8..32 bits
 * @addr_width: DMA_AXI_ADDR_WIDTH, 16..64 bits
 * @burst_bytes: real burst size, a power of two up to 4096
 * @queue_depth: requests that are accepted and not finished, 1..16
 * @prefetch: descriptors fetched ahead of the data, 1..6
 * @look_ahead: bursts requested ahead of the data, 1..255
 * @fifo_size: what the device tree says of the room for bursts, 0 if it says nothing
 * @sg: the core has scatter-gather
 * @twod: the core has 2D transfers
 * @cyclic: the core has cyclic transfers
 * @coherent: coherency bit of INTERFACE_DESC_2
 * @no_debug: the core was built without the debug registers
 * @autorun: the core starts by itself out of reset; from 4.5.d on
 * @ext_sync: the core waits for a pin; only the bit that tells so, from 4.5.d on
 * @records_without_eot: packets that end in descriptors without an EOT have records,
 *	too, as they have on all cores that were looked at
 * @errata: set of enum axi_dmac_model_erratum
 * @early: outcome of an early ENABLE
 * @accept_ticks: ticks that pass before a request is accepted
 * @late_bytes: bytes that still reach memory after ENABLE was cleared
 * @quiesce_ticks: ticks from the end of the data until the core is quiet, or
 *	ADM_NEVER
 * @mover: how much of the data moves
 * @eot_batch: a free-running instance delivers its interrupt when so many
 *	requests have ended; 0 and 1: each on its own, as far as the driver is
 *	quick enough. Ends that are held back are delivered when there is
 *	nothing more to do.
 * @rate: bytes per second of a free-running instance, 0 for as fast as it can
 * @chunk: bytes that move under one hold of the lock, 0 for 64 KiB. With a rate,
 *	also how closely it is followed: a free-running instance does not wake up
 *	for less
 * @seed: leave to chance what the core does next, and begin there; 0 for always the
 *	same. @queue_depth, @prefetch, @look_ahead, @eot_batch, @accept_ticks, @late_bytes
 *	and @quiesce_ticks are limits then, and each erratum shows half of the time
 * @free_running: the model runs on its own; otherwise it is stepped
 * @hold_shutdown: only axi_dmac_model_tick() moves the shutdown on
 *
 * A tick is a register read, or a round of the model's thread, or a call of
 * axi_dmac_model_tick(). In a stepped instance reads move nothing but the
 * shutdown, so that a driver that polls for its end finds it.
 *
 * Zeroes in @length_width (24), @addr_width (64), @burst_bytes (128),
 * @queue_depth (4), @prefetch (4), @look_ahead (15) and the widths (8) stand for the
 * value in parentheses. axi_dmac_model_defaults() fills in the rest.
 */
struct axi_dmac_model_config {
	const char *name;
	u32 version;
	u32 id;
	enum axi_dmac_model_bus src_type;
	enum axi_dmac_model_bus dest_type;
	unsigned int src_width;
	unsigned int dest_width;
	unsigned int length_width;
	unsigned int addr_width;
	unsigned int burst_bytes;
	unsigned int queue_depth;
	unsigned int prefetch;
	unsigned int look_ahead;
	unsigned int fifo_size;
	bool sg;
	bool twod;
	bool cyclic;
	bool coherent;
	bool no_debug;
	bool autorun;
	bool ext_sync;
	bool records_without_eot;
	u32 errata;
	enum axi_dmac_model_early early;
	u32 accept_ticks;
	u32 late_bytes;
	u32 quiesce_ticks;
	enum axi_dmac_model_mover mover;
	u32 eot_batch;
	u64 rate;
	u32 chunk;
	u32 seed;
	bool free_running;
	bool hold_shutdown;
};

/**
 * struct axi_dmac_model_stream - what is connected to the stream or FIFO side
 * @produce: fill up to @len bytes at @dst; return how many, 0 to stall. Setting
 *	*@last ends the packet behind the last byte returned. Missing: zero
 *	bytes are written, and no packet ever ends.
 * @consume: take up to @len bytes from @src; return how many, 0 to stall. @last
 *	tells that the core asserts TLAST with the last byte offered; it counts
 *	only if all of them are taken. Missing: everything is taken.
 *
 * Both are called with the model's lock held and interrupts off: they must not
 * sleep and must not call the model, except axi_dmac_model_kick(). A stalled
 * core goes on after axi_dmac_model_kick(). With a mover that does not move the
 * bytes the pointer is NULL; the bytes count as produced or consumed.
 */
struct axi_dmac_model_stream {
	ssize_t (*produce)(void *priv, void *dst, size_t len, bool *last);
	ssize_t (*consume)(void *priv, const void *src, size_t len, bool last);
};

/**
 * typedef axi_dmac_model_witness_t - sees what the core does to memory
 * @priv: as given to axi_dmac_model_set_witness()
 * @addr: bus address
 * @len: bytes, contiguous
 * @write: they were written, otherwise read
 *
 * Called for data, not for descriptors, after each access, in the order of the
 * accesses, with the model's lock held and interrupts off. What a mover does not touch,
 * or the bus refuses, is no access.
 */
typedef void (*axi_dmac_model_witness_t)(void *priv, u64 addr, size_t len, bool write);

/**
 * enum axi_dmac_model_point - where a hook is called
 * @ADM_BEFORE_READ: a register is about to be sampled
 * @ADM_AFTER_READ: it was sampled, the reader does not have the value yet
 * @ADM_BEFORE_WRITE: a write is about to take effect
 * @ADM_AFTER_WRITE: it took effect; events made here coincide with an
 *	acknowledge and survive it
 * @ADM_IRQ_RAISED: the interrupt line went up, no handler has run yet
 * @ADM_IRQ_REQUESTED: a first handler is about to be installed; may sleep
 */
enum axi_dmac_model_point {
	ADM_BEFORE_READ,
	ADM_AFTER_READ,
	ADM_BEFORE_WRITE,
	ADM_AFTER_WRITE,
	ADM_IRQ_RAISED,
	ADM_IRQ_REQUESTED,
};

/**
 * typedef axi_dmac_model_hook_t - called in the middle of a driver's access
 * @model: the instance
 * @point: where
 * @reg: register offset (0 for ADM_IRQ_*)
 * @priv: as given to axi_dmac_model_set_hook()
 *
 * Runs in the context of the access, which may be a hard interrupt handler with
 * the driver's locks held. It may call the step functions. Register accesses
 * that a hook makes do not call the hook again.
 */
typedef void (*axi_dmac_model_hook_t)(struct axi_dmac_model *model,
				      enum axi_dmac_model_point point,
				      unsigned int reg, void *priv);

/**
 * struct axi_dmac_model_stats - what happened since the last reset
 * @reads: register reads in total
 * @writes: register writes in total
 * @irqs: times that the interrupt was delivered
 * @sot: requests accepted with a SOT event
 * @eot: EOT events
 * @descriptors: hardware descriptors fetched
 * @segments: segments finished, with or without EOT
 * @bytes: bytes moved
 * @packets: TLASTs seen from the source or given to the sink
 * @max_outstanding: highest number of accepted and not finished requests
 * @errors: driver errors of all kinds
 */
struct axi_dmac_model_stats {
	u64 reads;
	u64 writes;
	u64 irqs;
	u64 sot;
	u64 eot;
	u64 descriptors;
	u64 segments;
	u64 bytes;
	u64 packets;
	u64 max_outstanding;
	u64 errors;
};

/* Life */
void axi_dmac_model_defaults(struct axi_dmac_model_config *config);
void axi_dmac_model_randomize(struct axi_dmac_model_config *config, u32 seed);
struct axi_dmac_model *axi_dmac_model_create(const struct axi_dmac_model_config *config);
struct axi_dmac_model *axi_dmac_model_create_at(const struct axi_dmac_model_config *config,
						phys_addr_t base);
void axi_dmac_model_destroy(struct axi_dmac_model *model);
phys_addr_t axi_dmac_model_base(const struct axi_dmac_model *model);
void axi_dmac_model_set_stream(struct axi_dmac_model *model,
			       const struct axi_dmac_model_stream *ops, void *priv);
void axi_dmac_model_set_hook(struct axi_dmac_model *model,
			     axi_dmac_model_hook_t hook, void *priv);
void axi_dmac_model_set_witness(struct axi_dmac_model *model,
				axi_dmac_model_witness_t witness, void *priv);
void axi_dmac_model_set_mover(struct axi_dmac_model *model, enum axi_dmac_model_mover mover);
void axi_dmac_model_set_quiesce(struct axi_dmac_model *model, u32 ticks, u32 late_bytes);
void axi_dmac_model_set_accept_delay(struct axi_dmac_model *model, u32 ticks);
void axi_dmac_model_set_rate(struct axi_dmac_model *model, u64 rate);
void axi_dmac_model_set_errata(struct axi_dmac_model *model, u32 errata);
void axi_dmac_model_set_seed(struct axi_dmac_model *model, u32 seed);
void axi_dmac_model_unplug(struct axi_dmac_model *model, bool unplug);
void axi_dmac_model_kick(struct axi_dmac_model *model);
void axi_dmac_model_flush_sink(struct axi_dmac_model *m, bool flush);
void axi_dmac_model_restart_stream(struct axi_dmac_model *model);
void axi_dmac_model_packet(struct axi_dmac_model *model, u64 bytes);

/* Steps; also allowed from a hook. All return what really happened. */
bool axi_dmac_model_accept(struct axi_dmac_model *model);
bool axi_dmac_model_fetch(struct axi_dmac_model *model);
size_t axi_dmac_model_move(struct axi_dmac_model *model, size_t bytes);
bool axi_dmac_model_complete(struct axi_dmac_model *model);
bool axi_dmac_model_tick(struct axi_dmac_model *model);
bool axi_dmac_model_event(struct axi_dmac_model *model);
unsigned int axi_dmac_model_run(struct axi_dmac_model *model);
unsigned int axi_dmac_model_finish(struct axi_dmac_model *model, unsigned int segments);
bool axi_dmac_model_quiesce(struct axi_dmac_model *model);
unsigned int axi_dmac_model_deliver(struct axi_dmac_model *model, unsigned int limit);

/* Observation */
bool axi_dmac_model_line(struct axi_dmac_model *model);
u64 axi_dmac_model_stamp_errors(struct axi_dmac_model *model);
u64 axi_dmac_model_stray_accesses(void);
bool axi_dmac_model_is_quiet(struct axi_dmac_model *model);
unsigned int axi_dmac_model_outstanding(struct axi_dmac_model *model);
u32 axi_dmac_model_peek(struct axi_dmac_model *model, unsigned int reg);
u64 axi_dmac_model_reads(struct axi_dmac_model *model, unsigned int reg);
u64 axi_dmac_model_writes(struct axi_dmac_model *model, unsigned int reg);
void axi_dmac_model_stats(struct axi_dmac_model *model, struct axi_dmac_model_stats *stats);
void axi_dmac_model_reset_stats(struct axi_dmac_model *model);

/* Driver errors */
u64 axi_dmac_model_errors(struct axi_dmac_model *model, enum axi_dmac_model_error kind);
u64 axi_dmac_model_all_errors(struct axi_dmac_model *model);
bool axi_dmac_model_fault(struct axi_dmac_model *model, unsigned int index,
			  struct axi_dmac_model_fault *fault);
const char *axi_dmac_model_error_name(enum axi_dmac_model_error kind);
void axi_dmac_model_clear_errors(struct axi_dmac_model *model);
int axi_dmac_model_forbid(struct axi_dmac_model *model, u64 addr, u64 len);
void axi_dmac_model_permit(struct axi_dmac_model *model, u64 addr);

/**
 * struct axi_dmac_model_device - a core as the driver under test sees it
 * @model: the simulated core
 * @pdev: its platform device with an OF node ("adi,axi-dmac-1.00.a"); probed
 *	if a driver is registered, see device_is_bound()
 * @consumer: a device with the properties dmas and dma-names = "dma", for
 *	dma_request_chan(consumer, "dma")
 * @irq: Linux number of the core's interrupt
 */
struct axi_dmac_model_device {
	struct axi_dmac_model *model;
	struct platform_device *pdev;
	struct device *consumer;
	unsigned int irq;
};

struct axi_dmac_model_device *
axi_dmac_model_device_create(const struct axi_dmac_model_config *config, bool dma_coherent);
void axi_dmac_model_device_unbind(struct axi_dmac_model_device *mdev);
void axi_dmac_model_device_destroy(struct axi_dmac_model_device *mdev);

#endif
