// The same forwarding as a relay's, in Node with the package ws: rooms, the welcome, who joined and
// left, and frames from member to member. It checks nothing and limits nothing: it is here to be
// compared with.
"use strict";

const { WebSocketServer } = require("ws");

const [JOIN, SEND] = [0, 2];
const [WELCOME, JOINED, LEFT, DELIVER] = [0, 1, 2, 3];

/** Rooms by their id: members' sockets by their number. */
const rooms = new Map();

function join(socket, frame) {
  // The version and the role are one byte each.
  const id = frame.toString("latin1", 2, 18);
  const room = rooms.get(id) ?? { members: new Map(), next: 0 };
  rooms.set(id, room);
  const [number, role] = [room.next++, frame[18]];
  const others = [...room.members.values()];
  const listed = others.flatMap((other) => [other.number, other.role]);
  socket.send(Buffer.from([WELCOME, number, others.length, ...listed, 0]));
  for (const other of others) {
    other.socket.send(Buffer.from([JOINED, number, role]));
  }
  room.members.set(number, { socket, number, role });
  return { id, room, number };
}

function leave({ id, room, number }) {
  room.members.delete(number);
  for (const other of room.members.values()) {
    other.socket.send(Buffer.from([LEFT, number]));
  }
  if (room.members.size === 0) {
    rooms.delete(id);
  }
}

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]) });
server.on("connection", (socket) => {
  let place;
  socket._socket.setNoDelay(true);
  socket.on("message", (frame) => {
    if (frame[0] === JOIN) {
      place = join(socket, frame);
    } else if (frame[0] === SEND) {
      // Member numbers are one byte, so the frame need not be copied to be changed.
      const to = place.room.members.get(frame[1]);
      frame[0] = DELIVER;
      frame[1] = place.number;
      // As much as a relay must do for a reader who is slow: the sender waits.
      to?.socket.send(frame, () => socket.resume());
      if (to !== undefined && to.socket.bufferedAmount > 4 << 20) {
        socket.pause();
      }
    }
  });
  socket.on("close", () => place && leave(place));
  socket.on("error", () => socket.terminate());
});
