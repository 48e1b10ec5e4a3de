/** The layers around the recurrent ones, masks through them, and merged branches, against Keras. */
import { describeTopic } from './keras_topic.ts';

describeTopic('layers');
describeTopic('parameters');
