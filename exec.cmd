@rem `npm start` begins with `exec`, so that no shell stands between npm and the server. Here it runs the rest of the line.
@%*
