/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The board's other kind of DMA controller, "FIFO DMA". It is as simple as they
 * come: it knows one contiguous piece of memory, moves that from or to the
 * FIFO at its other side, and raises its interrupt. All else is software's.
 *
 * So is its driver: scatterlists, and nothing of what newer dmaengine clients
 * would like to have. It stands for the many that will never get more.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef AXI_DMAC_BOARD_FIFO_DMA_H
#define AXI_DMAC_BOARD_FIFO_DMA_H

#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "port.h"

/* Memory is accessed in words, of which it counts 65536 */
#define FDMA_WIDTH	4
#define FDMA_MAX_LEN	SZ_256K

struct dentry;
struct dma_chan;
struct platform_device;

/**
 * enum fdma_status - what the controller has to say
 * @FDMA_IDLE: nothing to do
 * @FDMA_BUSY: it is moving a piece
 * @FDMA_DONE: it has moved one, and raised its interrupt
 * @FDMA_ERROR: the bus has refused an access; raises the interrupt as well
 */
enum fdma_status {
	FDMA_IDLE,
	FDMA_BUSY,
	FDMA_DONE,
	FDMA_ERROR,
};

/**
 * struct fdma_engine - the hardware
 * @port: for converters
 * @output: it reads from memory; otherwise it writes
 * @interrupt: the driver's handler, called in softirq context without a lock
 * @priv: its argument
 * @work: does what hardware would do by itself
 * @lock: may be taken with the driver's own held
 * @stream: what is plugged in, NULL for nothing; then it waits
 * @stream_priv: its argument
 * @status: of the piece
 * @addr: bus address of the next byte
 * @left: bytes that are left to move
 * @refuse: the bus refuses everything
 * @errors: accesses that were refused
 * @error_addr: where the last of them was
 */
struct fdma_engine {
	struct adm_port port;
	bool output;
	void (*interrupt)(void *priv);
	void *priv;
	struct work_struct work;

	spinlock_t lock;		/* protects the fields below */
	const struct axi_dmac_model_stream *stream;
	void *stream_priv;
	enum fdma_status status;
	u64 addr;
	u32 left;
	bool refuse;
	u64 errors;
	u64 error_addr;
};

/* fifo-engine.c */
void fdma_engine_init(struct fdma_engine *e, bool output, void (*interrupt)(void *priv),
		      void *priv);
void fdma_engine_exit(struct fdma_engine *e);
void fdma_engine_start(struct fdma_engine *e, u64 addr, u32 len);
void fdma_engine_stop(struct fdma_engine *e);
void fdma_engine_synchronize(struct fdma_engine *e);
enum fdma_status fdma_engine_ack(struct fdma_engine *e);
u32 fdma_engine_left(struct fdma_engine *e);
void fdma_engine_debugfs(struct fdma_engine *e, struct dentry *dir);

/* fifo-dma.c, for tests */
#define FDMA_DRIVER	"axi-dmac-board-fifo-dma"

struct fdma_engine *fdma_engine_of(struct platform_device *pdev);
struct dma_chan *fdma_request(struct platform_device *pdev);

#endif
