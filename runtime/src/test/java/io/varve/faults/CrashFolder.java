package io.varve.faults;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Makes a folder, or a part of it, what the disk may hold. What files of syncs say of the data file
 * beside them they say of its copy, and of another run of the machine.
 */
final class CrashFolder {
    private static final String SYNC = "varve.sync";
    private static final int SLOT = 1_024;
    private static final int SECOND = 4_096;
    private static final long MAGIC = 0x434e595356524156L;
    private static final byte[] BOOT =
            Arrays.copyOf("another-run".getBytes(StandardCharsets.US_ASCII), 64);

    private final Path root;
    private final long device;
    private byte[] room = new byte[1 << 16];

    CrashFolder(Path root) throws IOException {
        this.root = Files.createDirectories(root);
        this.device = ((Number) Files.getAttribute(root, "unix:dev")).longValue();
    }

    Path root() {
        return root;
    }

    /** Writes the files of a part, and takes away what else is in it. */
    void write(CrashPart part, Map<String, Long> names, CrashDisk disk, CrashPick pick)
            throws IOException {
        String inside = part.path().isEmpty() ? "" : part.path() + "/";
        sweep(root.resolve(part.path()).toFile(), inside, names);
        for (Map.Entry<String, Long> one : names.entrySet()) {
            String path = one.getKey();
            if (path.endsWith("/")) {
                if (path.startsWith(inside) || inside.startsWith(path)) {
                    root.resolve(path).toFile().mkdir();
                }
            } else if (path.startsWith(inside) && !path.endsWith("/" + SYNC)) {
                write(path, disk.file(one.getValue()), pick);
            }
        }
        for (Map.Entry<String, Long> one : names.entrySet()) {
            if (one.getKey().startsWith(inside) && one.getKey().endsWith("/" + SYNC)) {
                writeSync(one.getKey(), names, disk.file(one.getValue()), pick);
            }
        }
    }

    /** Deletes what is not among the names. */
    private void sweep(File folder, String path, Map<String, Long> names) {
        File[] found = folder.listFiles();
        if (found == null) {
            return;
        }
        for (File one : found) {
            String name = path + one.getName();
            if (one.isDirectory()) {
                sweep(one, name + "/", names);
            } else if (!names.containsKey(name)) {
                one.delete();
            }
        }
        if (!path.isEmpty() && !names.containsKey(path)) {
            folder.delete();
        }
    }

    private void write(String path, CrashFile file, CrashPick pick) throws IOException {
        CrashFile.Choice choice = pick.of(file);
        room = file.bytes(choice, room);
        put(path, choice.size());
    }

    private void put(String path, int size) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(root.resolve(path).toFile(), "rw")) {
            out.write(room, 0, size);
            if (out.length() != size) {
                out.setLength(size);
            }
        }
    }

    private void writeSync(String path, Map<String, Long> names, CrashFile file, CrashPick pick)
            throws IOException {
        CrashFile.Choice choice = pick.of(file);
        room = file.bytes(choice, room);
        String data = path.substring(0, path.length() - SYNC.length()) + "data.mdb";
        long was = names.getOrDefault(data, 0L);
        for (int at = 0; at + SLOT <= choice.size(); at += SECOND) {
            move(at, was, data);
        }
        put(path, choice.size());
    }

    /** As the store's file format has it: inode at 40, device at 48, boot at 64, sum at 8. */
    private void move(int at, long was, String data) throws IOException {
        ByteBuffer slot = ByteBuffer.wrap(room).order(ByteOrder.LITTLE_ENDIAN);
        if (slot.getLong(at) != MAGIC || slot.getInt(at + 8) != sum(at)) {
            return; // torn
        }
        if (was != 0 && slot.getLong(at + 40) == was) {
            Object inode = Files.getAttribute(root.resolve(data), "unix:ino");
            slot.putLong(at + 40, ((Number) inode).longValue());
        }
        slot.putLong(at + 48, device);
        System.arraycopy(BOOT, 0, room, at + 64, BOOT.length);
        slot.putInt(at + 8, sum(at));
    }

    private int sum(int at) {
        CRC32C sum = new CRC32C();
        sum.update(room, at + 12, SLOT - 12);
        return (int) sum.getValue();
    }
}
