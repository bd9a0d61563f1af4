package io.varve.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file as the disk may have it: what was synced of it, and of what was written since, by sectors
 * of 512 bytes, all states each sector has been in; likewise of its size. A disk may hold any of
 * these of each sector, whatever it holds of others.
 */
final class CrashFile {
    static final int SECTOR = 512;

    /** What a sector has been since, by the number of the call. */
    record State(long call, byte[] bytes, long hash) {}

    /** What the size has been since. */
    record Size(long call, int bytes) {}

    /** One of the files it may be: of each sector with states, which one; -1 is the synced one. */
    record Choice(int[] states, int size) {}

    private final long inode;
    private byte[] synced = new byte[0];
    private int syncedSize;
    private long syncedHash;
    private byte[] now = new byte[0];
    private int nowSize;
    private final TreeMap<Integer, List<State>> pending = new TreeMap<>();
    private final List<Size> sizes = new ArrayList<>();

    CrashFile(long inode) {
        this.inode = inode;
    }

    long inode() {
        return inode;
    }

    void write(long call, int at, byte[] bytes) {
        now = grown(now, at + bytes.length);
        System.arraycopy(bytes, 0, now, at, bytes.length);
        sized(call, Math.max(nowSize, at + bytes.length));
        for (int sector = at / SECTOR; sector <= (at + bytes.length - 1) / SECTOR; sector++) {
            changed(call, sector);
        }
    }

    void resize(long call, int size) {
        int before = nowSize;
        if (size < before) {
            Arrays.fill(now, size, before, (byte) 0);
            sized(call, size);
            for (int sector = size / SECTOR; sector * SECTOR < before; sector++) {
                changed(call, sector);
            }
        } else {
            now = grown(now, size);
            sized(call, size);
        }
    }

    private void sized(long call, int size) {
        if (size != nowSize) {
            nowSize = size;
            sizes.add(new Size(call, size));
        }
    }

    private static byte[] grown(byte[] bytes, int size) {
        int sectors = (size + SECTOR - 1) / SECTOR * SECTOR;
        return sectors <= bytes.length
                ? bytes
                : Arrays.copyOf(bytes, Math.max(sectors, bytes.length * 2));
    }

    private void changed(long call, int sector) {
        byte[] bytes = Arrays.copyOfRange(now, sector * SECTOR, (sector + 1) * SECTOR);
        pending.computeIfAbsent(sector, s -> new ArrayList<>())
                .add(new State(call, bytes, hash(bytes, 0)));
    }

    private static long hash(byte[] bytes, int at) {
        long hash = 0;
        for (int i = 0; i < SECTOR && at + i < bytes.length; i++) {
            hash = hash * 0x100000001b3L + bytes[at + i];
        }
        return hash;
    }

    private static long hash(int sector, long content) {
        return content == 0 ? 0 : CrashEvents.mix(content * 31 + sector);
    }

    /** All of it is on the disk. */
    void sync() {
        pending.forEach((sector, states) -> settle(sector, states));
        pending.clear();
        sizes.clear();
        syncedSize = nowSize;
    }

    /** What a call wrote that writes through is on the disk, and nothing else. */
    void syncRange(int at, int length) {
        for (int sector = at / SECTOR; sector <= (at + length - 1) / SECTOR; sector++) {
            List<State> states = pending.remove(sector);
            if (states != null) {
                settle(sector, states);
            }
        }
        if (at + length > syncedSize) {
            syncedSize = at + length;
            sizes.removeIf(size -> size.bytes() <= syncedSize);
        }
    }

    private void settle(int sector, List<State> states) {
        State last = states.get(states.size() - 1);
        synced = grown(synced, (sector + 1) * SECTOR);
        syncedHash -= hash(sector, hash(synced, sector * SECTOR));
        System.arraycopy(last.bytes(), 0, synced, sector * SECTOR, SECTOR);
        syncedHash += hash(sector, last.hash());
    }

    boolean isPending() {
        return !pending.isEmpty() || !sizes.isEmpty();
    }

    Map<Integer, List<State>> pending() {
        return pending;
    }

    List<Size> sizes() {
        return sizes;
    }

    /** The first call of which something may not be on the disk; the greatest number for none. */
    long oldestCall() {
        long oldest = sizes.isEmpty() ? Long.MAX_VALUE : sizes.get(0).call();
        for (List<State> states : pending.values()) {
            oldest = Math.min(oldest, states.get(0).call());
        }
        return oldest;
    }

    int syncedSize() {
        return syncedSize;
    }

    int size() {
        return nowSize;
    }

    /** As it is for who reads it now. */
    byte[] now() {
        return Arrays.copyOf(now, nowSize);
    }

    /** All that was written. */
    Choice newest() {
        int[] states = new int[pending.size()];
        int i = 0;
        for (List<State> one : pending.values()) {
            states[i++] = one.size() - 1;
        }
        return new Choice(states, nowSize);
    }

    /** Nothing since it was synced. */
    Choice oldest() {
        int[] states = new int[pending.size()];
        Arrays.fill(states, -1);
        return new Choice(states, syncedSize);
    }

    /** The same for the same bytes and size. */
    long hash(Choice choice) {
        long hash = syncedHash + CrashEvents.mix(choice.size());
        int i = 0;
        for (Map.Entry<Integer, List<State>> one : pending.entrySet()) {
            int state = choice.states()[i++];
            int sector = one.getKey();
            if (state >= 0 && (long) sector * SECTOR < choice.size()) {
                hash -= hash(sector, hash(synced, sector * SECTOR));
                hash += hash(sector, one.getValue().get(state).hash());
            }
        }
        return hash;
    }

    /** Its bytes, in room that is large enough; returns the room. */
    byte[] bytes(Choice choice, byte[] room) {
        byte[] out = choice.size() > room.length ? new byte[choice.size() * 2] : room;
        int known = Math.min(choice.size(), synced.length);
        System.arraycopy(synced, 0, out, 0, known);
        Arrays.fill(out, known, choice.size(), (byte) 0);
        int i = 0;
        for (Map.Entry<Integer, List<State>> one : pending.entrySet()) {
            int state = choice.states()[i++];
            int at = one.getKey() * SECTOR;
            if (state >= 0 && at < choice.size()) {
                byte[] bytes = one.getValue().get(state).bytes();
                System.arraycopy(bytes, 0, out, at, Math.min(SECTOR, choice.size() - at));
            }
        }
        return out;
    }
}
