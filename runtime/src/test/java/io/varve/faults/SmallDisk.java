package io.varve.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * A file system of a few megabytes that can be filled and cleared, mounted where a part of a stack
 * is to be. Needs root.
 */
final class SmallDisk implements AutoCloseable {
    /** Kinds of them. */
    enum Type {
        TMPFS,
        EXT4;

        boolean isThere() {
            try {
                return this == EXT4
                        ? LoopDisk.isThere("ext4")
                        : LoopDisk.run("id", "-u").strip().equals("0");
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    private static final long BYTES = 24L << 20;

    private final Path root;
    private final Optional<LoopDisk> loop;
    private final Deque<Path> mounted = new ArrayDeque<>();

    private SmallDisk(Path root, Optional<LoopDisk> loop) {
        this.root = root;
        this.loop = loop;
    }

    static SmallDisk make(Path folder, Type type) throws IOException, InterruptedException {
        if (type == Type.EXT4) {
            LoopDisk disk = LoopDisk.make(folder, "ext4", BYTES);
            return new SmallDisk(disk.path(), Optional.of(disk));
        }
        Path root = Files.createDirectories(folder.resolve("disk"));
        LoopDisk.run("mount", "-t", "tmpfs", "-o", "size=" + BYTES, "tmpfs", root.toString());
        SmallDisk disk = new SmallDisk(root, Optional.empty());
        disk.mounted.push(root);
        return disk;
    }

    /** What is written to a folder comes to this disk from now on. */
    void serve(Path folder) throws IOException, InterruptedException {
        Path part = Files.createDirectory(root.resolve("part-" + mounted.size()));
        Files.createDirectories(folder);
        LoopDisk.run("chmod", "700", part.toString());
        LoopDisk.run("mount", "--bind", part.toString(), folder.toString());
        mounted.push(folder);
    }

    /** Leaves not a page. */
    void fill() {
        byte[] page = new byte[4096];
        Path filler = root.resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            // It is full.
        }
    }

    /** Makes room again. */
    void clear() throws IOException {
        Files.delete(root.resolve("filler"));
    }

    @Override
    public void close() throws IOException {
        try {
            while (!mounted.isEmpty()) {
                LoopDisk.run("umount", mounted.pop().toString());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (loop.isPresent()) {
            loop.get().close();
        }
    }
}
