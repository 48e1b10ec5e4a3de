/** Optimizers with their clipping, losses (saturated too), metrics, regularizers and constraints, against Keras. */
import { describeTopic } from './keras_topic.ts';

describeTopic('optimizers');
describeTopic('losses');
describeTopic('held-weights');
