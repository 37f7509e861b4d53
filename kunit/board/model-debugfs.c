// SPDX-License-Identifier: GPL-2.0
/*
 * What a simulated core saw, for user space: /sys/kernel/debug/axi-dmac-board/
 * has a directory per core, with its counters, the driver errors and the choice
 * of data mover.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "model.h"

static const char * const adm_movers[] = {
	[ADM_MOVER_FULL] = "full",
	[ADM_MOVER_SPARSE] = "sparse",
	[ADM_MOVER_NONE] = "none",
	[ADM_MOVER_INSTANT] = "instant",
};

static int adm_quiesce_get(void *data, u64 *val)
{
	struct axi_dmac_model *m = data;

	*val = m->cfg.quiesce_ticks;
	return 0;
}

/* Also lets a core go on that was stopped, and kept from becoming quiet */
static int adm_quiesce_set(void *data, u64 val)
{
	struct axi_dmac_model *m = data;

	if (val > U32_MAX)
		return -EINVAL;
	axi_dmac_model_set_quiesce(m, val, m->cfg.late_bytes);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(adm_quiesce_fops, adm_quiesce_get, adm_quiesce_set, "%llu\n");

static int adm_errors_show(struct seq_file *s, void *unused)
{
	struct axi_dmac_model *m = s->private;
	struct axi_dmac_model_fault fault;
	unsigned int i;
	u64 total;

	for (i = 0; axi_dmac_model_fault(m, i, &fault); i++)
		seq_printf(s, "%s: reg 0x%03x addr 0x%llx val 0x%llx\n",
			   axi_dmac_model_error_name(fault.kind), fault.reg, fault.addr,
			   fault.val);
	total = axi_dmac_model_all_errors(m);
	if (total > i)
		seq_printf(s, "and %llu more\n", total - i);
	return 0;
}

static int adm_errors_open(struct inode *inode, struct file *file)
{
	return single_open(file, adm_errors_show, inode->i_private);
}

/* Writing anything forgets the errors */
static ssize_t adm_errors_write(struct file *file, const char __user *buf, size_t len,
				loff_t *pos)
{
	struct seq_file *s = file->private_data;

	axi_dmac_model_clear_errors(s->private);
	return len;
}

static const struct file_operations adm_errors_fops = {
	.open = adm_errors_open,
	.read = seq_read,
	.write = adm_errors_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int adm_counters_show(struct seq_file *s, void *unused)
{
	struct axi_dmac_model *m = s->private;
	struct axi_dmac_model_stats stats;

	axi_dmac_model_stats(m, &stats);
	seq_printf(s, "reads %llu\nwrites %llu\nirqs %llu\nsot %llu\neot %llu\n",
		   stats.reads, stats.writes, stats.irqs, stats.sot, stats.eot);
	seq_printf(s, "descriptors %llu\nsegments %llu\nbytes %llu\npackets %llu\n",
		   stats.descriptors, stats.segments, stats.bytes, stats.packets);
	seq_printf(s, "max_outstanding %llu\nerrors %llu\nstamp_errors %llu\n",
		   stats.max_outstanding, stats.errors, axi_dmac_model_stamp_errors(m));
	return 0;
}

static int adm_counters_open(struct inode *inode, struct file *file)
{
	return single_open(file, adm_counters_show, inode->i_private);
}

/* Writing anything starts the counters at 0 */
static ssize_t adm_counters_write(struct file *file, const char __user *buf, size_t len,
				  loff_t *pos)
{
	struct seq_file *s = file->private_data;

	axi_dmac_model_reset_stats(s->private);
	return len;
}

static const struct file_operations adm_counters_fops = {
	.open = adm_counters_open,
	.read = seq_read,
	.write = adm_counters_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int adm_registers_show(struct seq_file *s, void *unused)
{
	struct axi_dmac_model *m = s->private;
	unsigned int reg;
	u32 val;

	for (reg = 0; reg < ADM_APERTURE; reg += 4) {
		val = axi_dmac_model_peek(m, reg);
		if (val)
			seq_printf(s, "%03x %08x\n", reg, val);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(adm_registers);

static ssize_t adm_mover_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct axi_dmac_model *m = file->private_data;
	char text[16];
	int n;

	n = scnprintf(text, sizeof(text), "%s\n", adm_movers[m->cfg.mover]);
	return simple_read_from_buffer(buf, len, pos, text, n);
}

static ssize_t adm_mover_write(struct file *file, const char __user *buf, size_t len,
			       loff_t *pos)
{
	char text[16] = "";
	int mover;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, len))
		return -EFAULT;
	mover = sysfs_match_string(adm_movers, text);
	if (mover < 0)
		return mover;
	axi_dmac_model_set_mover(file->private_data, mover);
	return len;
}

static const struct file_operations adm_mover_fops = {
	.open = simple_open,
	.read = adm_mover_read,
	.write = adm_mover_write,
	.llseek = default_llseek,
};

static int adm_seed_get(void *data, u64 *val)
{
	struct axi_dmac_model *m = data;

	*val = m->cfg.seed;
	return 0;
}

static int adm_seed_set(void *data, u64 val)
{
	axi_dmac_model_set_seed(data, val);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(adm_seed_fops, adm_seed_get, adm_seed_set, "%llu\n");

/**
 * adm_debugfs_dir() - directory of a core or a converter
 * @name: its name
 *
 * Return: the directory below the board's own; debugfs errors are no errors.
 */
struct dentry *adm_debugfs_dir(const char *name)
{
	static struct dentry *root;

	if (!root)
		root = debugfs_create_dir("axi-dmac-board", NULL);
	return debugfs_create_dir(name, root);
}

/**
 * adm_debugfs_add() - make a core visible in debugfs
 * @m: model
 */
void adm_debugfs_add(struct axi_dmac_model *m)
{
	m->debugfs = adm_debugfs_dir(m->name);
	debugfs_create_file("errors", 0644, m->debugfs, m, &adm_errors_fops);
	debugfs_create_file("counters", 0644, m->debugfs, m, &adm_counters_fops);
	debugfs_create_file("registers", 0444, m->debugfs, m, &adm_registers_fops);
	debugfs_create_x32("errata", 0644, m->debugfs, &m->cfg.errata);
	debugfs_create_file_unsafe("seed", 0644, m->debugfs, m, &adm_seed_fops);
	debugfs_create_u32("eot_batch", 0644, m->debugfs, &m->cfg.eot_batch);
	debugfs_create_u64("rate", 0644, m->debugfs, &m->cfg.rate);
	debugfs_create_u32("chunk", 0644, m->debugfs, &m->cfg.chunk);
	debugfs_create_u32("late_bytes", 0644, m->debugfs, &m->cfg.late_bytes);
	debugfs_create_file_unsafe("quiesce_ticks", 0644, m->debugfs, m, &adm_quiesce_fops);
	debugfs_create_u32("accept_ticks", 0644, m->debugfs, &m->cfg.accept_ticks);
	debugfs_create_file("mover", 0644, m->debugfs, m, &adm_mover_fops);
}

/**
 * adm_debugfs_remove() - take a core out of debugfs
 * @m: model
 */
void adm_debugfs_remove(struct axi_dmac_model *m)
{
	debugfs_remove_recursive(m->debugfs);
}
